"""The words of notices under which people agreed: who used them, and whether somebody here has read them."""
