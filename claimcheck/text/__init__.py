"""Text as text: normal form, sentences, language, numbers, dates, names and the cues of wording."""
