"""What leads are worth: how long until people buy, what they spend, who stays, what one may cost. It decides nothing.

The statistics are pure functions of plain arrays; each estimate comes with its interval of 95 %. Time is an argument.
"""
