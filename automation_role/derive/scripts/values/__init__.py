"""The abstract domain: what a script's variables may hold, and what each of these does when it is called, read or written."""
