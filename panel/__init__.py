"""What people see: signing in, the desk, tickets, and the stream that keeps the desk true."""
