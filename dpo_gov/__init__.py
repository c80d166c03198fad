"""Parameter changes of on-chain portfolios, with the simulation bound to the vote."""

__version__ = "0.1.0"
