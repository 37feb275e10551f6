"""What is due when: the clocks of prospects, requests to stop, holds, reference lists and reviews on one page."""
