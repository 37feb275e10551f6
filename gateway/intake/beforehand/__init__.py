"""What can be known of a list before it is taken in: a preview, a dry run, a sample before paying. Nothing is kept."""
