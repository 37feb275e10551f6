"""One answer about the words of many: its effect shown before, and all who wait under them judged again after."""
