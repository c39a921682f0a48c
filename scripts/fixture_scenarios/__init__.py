"""What the fixtures show, one function to a file."""
