"""What becomes of people: events taken in, phases derived from them, and who may be contacted when.

The store keeps (gateway.lifecycle), the rules judge (gateway.policy.phases); here both are brought together.
"""
