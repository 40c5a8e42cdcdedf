"""WHAT IS OWED: status, outcome and lawful moves. Pure; standard library only."""
