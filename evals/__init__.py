"""Measured quality: sets, what is counted on them, and the gate that keeps it. In the checkout, not in the wheel."""
