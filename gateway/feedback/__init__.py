"""What senders report back: bounces, complaints, unsubscribes, in every shape that they come in."""
