"""What a language model may write about verdicts: prose that cites them, and is cut where it does not."""
