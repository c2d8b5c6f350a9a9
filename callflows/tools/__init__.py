"""What an admin does with a flow: hear it, test it, see it, compare it. Works from the declarations of the steps."""
