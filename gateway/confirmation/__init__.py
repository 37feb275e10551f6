"""Double opt-in: who is asked to confirm from the mailbox, by which link, and what came of it."""
