"""What each error of a contract means, in a sentence.

`{until:time}` is the error's argument `until`, shown as what follows the colon says: see
`refusals.Argument`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

_REGISTRY = {
    "NotGovernor": "only governance (the timelock) may do this, and {caller} is not it",
    "StrategyUnknown": "the registry has no strategy {strategyId}",
    "StrategyAlreadyListed": "strategy {strategyId} is in the registry already",
    "TooEarly": "the call may run from {notBefore:time} on, and it is {nowAt:time}",
    "TooLate": "the call could run until {notAfter:time}, and it is {nowAt:time}; make a new "
    "proposal",
    "VersionMoved": "the registry is at version {current}, not at {expected}; look again, then "
    "retry",
    "ReportMissing": "the report hash is zero: without a simulation there is no change",
    "NoChanges": "nothing would change",
    "KeysNotAscending": "{key:key} stands out of order or twice; keys ascend",
    "ParamUnknown": "the strategy has no parameter {key:key}",
    "Frozen": "the guardian has frozen strategy {strategyId} until {until:time}",
    "KeyIsFrozen": "the guardian has frozen {key:key} until {until:time}",
    "StaleValue": "{key:key} is {current:param} by now, not {stated:param}; draft the change again "
    "from there",
    "GroupIncomplete": "{key:key} is coupled with other parameters, which must be stated too "
    "(missing lanes: {missingLanes})",
    "BelowMinimum": "{key:key} would be {value:param}, below its minimum of {minimum:param}",
    "AboveMaximum": "{key:key} would be {value:param}, above its maximum of {maximum:param}",
    "JumpTooLarge": "{key:key} would change by {change:param}; one version may change it by "
    "{largest:param}",
    "StepTooLarge": "{key:key} would change by {change:param}; the steward may change it by "
    "{largest:param}",
    "Abdicated": "governance has given {key:key} up for ever; nobody can change it",
    "CoolingDown": "the steward may change {key:key} again from {until:time} on",
    "BeyondReach": "{key:key} of {to:param} is further than {reach:param} from {anchor:param}, "
    "which governance last set; a vote can go there",
    "ChangedJustNow": "{key:key} was changed in the same block, at {at:time}; the next move of it "
    "needs a later block",
    "AddsRisk": "the guardian may only reduce risk, and {key:key} from {from:param} to {to:param} "
    "does not",
    "FreezeTooLong": "a freeze until {until:time} is too long; the latest end is {latest:time}",
    "FreezeNotLonger": "it is frozen until {current:time} already, so until {until:time} changes "
    "nothing",
    "NotFrozen": "it is not frozen",
    "ProofInvalid": "the words are not those that the version left, or another version has been "
    "committed since; make the proof again",
    "SpecInvalid": "the spec of {key:key} contradicts itself",
    "SpecKindChanged": "of {key:key} only bounds, steps, jump and cool-down may change",
    "SpecNotNarrower": "the new limits of {key:key} are not narrower than the present ones; "
    "propose them instead",
    "SpecNotProposed": "no new limits are proposed for {key:key}",
    "SpecNotReady": "the new limits of {key:key} may be activated from {activeFrom:time} on",
    "SpecProposalExpired": "the new limits of {key:key} could be activated until {expiredAt:time}",
    "TooManyModules": "{modules} modules are more than the {limit} that a strategy can have",
    "TooManyWords": "module {module} has {words} words; it may have {limit}",
    "ValidatorMissing": "there is no contract at the validator's address {validator}",
    "ModuleUnknown": "the validator knows no module {module}",
    "NoRoomForBuffer": "{key:key} of {maxLtv:bps} and ltvBuffer of {ltvBuffer:bps} leave no room "
    "below {threshold:bps}, at which debt is liquidated; lower one of them",
    "GapTooWide": "debtCeilingGap ({gap} smallest units) must be at most a fifth of debtCeiling "
    "({ceiling})",
    "FeesTooHigh": "performanceFee and ten times managementFee would be {sum:ppm}; at most "
    "{limit:ppm}",
    "WeightsDoNotSum": "the target weights add up to {sum:bps}, not to 100 %",
    "OutOfOrder": "{lowerKey:key} ({lower:lower}) must not pass {upperKey:key} ({upper:upper})",
    "AccessControlUnauthorizedAccount": "{account} lacks the role {neededRole:role}",
    "AccessControlBadConfirmation": "an account can renounce only its own roles",
}
_EXECUTOR = {
    "NotEnlisted": "{vault} is not enlisted with the executor",
    "AlreadyEnlisted": "{vault} is enlisted already",
    "NotAVault": "{vault} is no vault of this strategy",
    "TooManyVaults": "a strategy has at most {limit} vaults",
    "TooLittleGas": "{given} gas is too little; {needed} are needed",
    "PostConditionFailed": "{vault} does not report version {version} after taking it",
    "OnlySelf": "only the executor itself may do this",
    "NotExecutor": "only the executor may do this, and {caller} is not it",
    "VersionNotNewer": "version {given} is not newer than {current}",
}
_VAULT = {
    "VersionBehind": "the vault obeys version {applied}, the registry is at {committed}; `dpo-gov "
    "apply` brings it up",
    "BaseFeeTooHigh": "gas costs {baseFee} wei, above the limit of {limit}; wait",
    "Dormant": "the drift of {drift:share} is within the threshold of {threshold:share}; a "
    "rebalance is due at {wakesAt:time} or when the drift grows",
    "CoolingOff": "the next rebalance may come from {until:time} on",
    "VenueNotAllowed": "the vault may not trade at {venue}",
    "VenueUnchanged": "setVenue would change nothing at {venue} (allowed: {allowed})",
    "VenueNotContract": "there is no contract at the venue's address {venue}",
    "TradeInvalid": "trade {index} names no pair of two assets of the vault, or no amount",
    "TradeTooLarge": "trade {index} is worth {value:usd}; one trade may be worth {limit:usd}",
    "SlippageTooHigh": "trade {index} would lose {lossBps:bps}; it may lose {limitBps:bps}",
    "SlippageBudgetSpent": "losses of {used:share} would pass the window's budget of "
    "{budget:share}; wait",
    "NavFell": "the net asset value would fall from {navBefore:usd} to {navAfter:usd}, by more "
    "than {maxDeviationBps:bps}",
    "IdleTooLow": "{idle:usd} of the base asset would be left; at least {minimum:usd} must be",
    "DriftNotReduced": "the total drift would go from {before:share} to {afterwards:share}; it "
    "must fall",
    "WeightMovedAway": "asset {asset} would move away from its target, from {before:share} to "
    "{afterwards:share}",
    "RecentredTooFast": "the total drift would fall to {driftAfter:share}; one rebalance must "
    "leave {leastDrift:share}",
    "TransferMismatch": "the balance of {token} did not move by the amount that was said",
    "OutputTooSmall": "the venue would pay {amountOut}, less than the {minAmountOut} asked for",
    "PairNotTraded": "the venue does not trade {tokenIn} for {tokenOut}",
    "PartialFill": "the venue would leave {left} of {amountIn} untraded",
    "ERC4626ExceededMaxDeposit": "at most {max} may be deposited, not {assets}",
    "ERC4626ExceededMaxMint": "at most {max} shares may be made, not {shares}",
    "ERC4626ExceededMaxWithdraw": "{owner} may withdraw at most {max} in the base asset, not "
    "{assets}; redeem in kind always works",
    "ERC4626ExceededMaxRedeem": "{owner} may redeem at most {max} shares in the base asset, not "
    "{shares}; redeem in kind always works",
    "AssetCountOutOfRange": "a vault holds at most {largest} assets, not {given}",
    "AssetTwice": "{token} is among the assets twice",
    "DecimalsTooMany": "{token} has {given} decimals; at most {largest}",
    "NothingSetAside": "no {token} is set aside for {owner}",
    "ParamTooLarge": "a parameter in word {word} is {given}, more than the vault can keep "
    "({largest})",
    "WeightsNotWhole": "the target weights add up to {sum} of {whole}",
    "WordCountWrong": "the vault takes {expected} words of parameters, not {given}",
    "ReentrancyGuardReentrantCall": "a call came back into the contract",
}
_LENDING = {
    "VenueUnreadable": "the lending venue {venue} does not say at which debt it liquidates "
    "{asset}; governance can take it off the list, and the guardian can still reduce risk",
    "CollateralUnknown": "there is no collateral {collateral}; there are lanes for {count}",
    "TooManyVenues": "{given} lending venues are too many for a collateral; at most {limit}",
}
_ORACLE = {
    "FeedUnknown": "the oracle hub has no price feed for {asset}",
    "FeedNotContract": "there is no contract at the feed's address {feed}",
    "FeedUnreadable": "the contract at {feed} does not answer as a price feed",
    "StalenessOutOfRange": "an age of {given} is out of range; from {least} to {largest}",
    "DeviationOutOfRange": "a deviation of {given} is out of range; at most {largest}",
    "BandInvalid": "{minPrice:usd} to {maxPrice:usd} is no band of prices",
    "SourcesNotIndependent": "both sources of {asset} are {feed}",
    "SecondSourceMissing": "the new feed of {asset} needs a second source",
    "PriceStale": "the price of {asset} is from {updatedAt:time}; it may not be older than "
    "{oldestAllowed:time}",
    "PriceFromFuture": "the price of {asset} is dated {updatedAt:time}, and it is {nowAt:time}",
    "PriceNotPositive": "the feed of {asset} says {answer}",
    "PriceOutOfBand": "the price of {asset} is {price:usd}, outside {minPrice:usd} to "
    "{maxPrice:usd}",
    "SourcesDeviate": "the sources of {asset} say {primary:usd} and {secondary:usd}; they may "
    "differ by {maxDeviationBps:bps}",
    "FeedJump": "the new feed of {asset} says {newPrice:usd}, the old one {oldPrice:usd}; they may "
    "differ by {maxJumpBps:bps}",
    "FeedNotProposed": "no new feed is proposed for {asset}",
    "FeedNotReady": "the new feed of {asset} may be activated from {activeFrom:time} on",
    "FeedProposalExpired": "the new feed of {asset} could be activated until {expiredAt:time}",
    "SequencerDown": "the rollup's sequencer is down",
    "SequencerGrace": "the rollup's sequencer is back since {upSince:time}; the grace is "
    "{grace:duration}",
}
_GOVERNANCE = {
    "GovernorNonexistentProposal": "the governor has no proposal {proposalId}",
    "GovernorUnexpectedProposalState": "the proposal is {current:state}; this needs "
    "{expectedStates:states}",
    "GovernorAlreadyCastVote": "{voter} has voted already",
    "GovernorAlreadyOverriddenVote": "{account} has overridden the vote already",
    "GovernorInvalidVoteType": "the governor does not count such a vote; use against, for or "
    "abstain",
    "GovernorInvalidVoteParams": "the governor does not count a vote with these parameters",
    "GovernorInvalidSignature": "the signature is not {voter}'s",
    "GovernorInsufficientProposerVotes": "{proposer} has {votes:votes} votes; a proposal needs "
    "{threshold:votes} (delegate first: also to yourself)",
    "GovernorRestrictedProposer": "the description names another proposer than {proposer}",
    "GovernorInvalidProposalLength": "{targets} targets, {calldatas} calldatas and {values} values "
    "do not belong together",
    "GovernorOnlyExecutor": "only governance itself may do this, and {account} is not it",
    "GovernorOnlyProposer": "only the proposer may do this, and {account} is not it",
    "GovernorUnableToCancel": "{account} may not cancel this proposal now: its proposer may while "
    "it is pending, the guardian always",
    "GovernorAlreadyQueuedProposal": "the proposal is queued already",
    "GovernorNotQueuedProposal": "the proposal is not queued",
    "GovernorQueueNotImplemented": "this governor has no timelock: execute without queueing",
    "GovernorProposalQueueingNotRequired": "this governor has no timelock: execute without "
    "queueing",
    "GovernorProposalQueueingFailed": "the timelock did not take the proposal",
    "GovernorDisabledDeposit": "this governor takes no coins",
    "GovernorInvalidVotingPeriod": "a voting period of {votingPeriod} is none",
    "GovernorInvalidQuorumFraction": "a quorum of {quorumNumerator}/{quorumDenominator} is none",
    "GovernorPreventLateQuorumVoteExtensionTooLarge": "an extension of {newVoteExtension:duration} "
    "is too long; at most {maxVoteExtension:duration}",
    "TimelockInsufficientDelay": "a delay of {delay:duration} is too short; at least "
    "{minDelay:duration}",
    "TimelockInvalidOperationLength": "{targets} targets, {payloads} payloads and {values} values "
    "do not belong together",
    "TimelockUnexpectedOperationState": "the timelock's operation is not in the state that this "
    "needs: not scheduled, not ready yet, or done",
    "TimelockUnexecutedPredecessor": "an earlier operation of the timelock has to run first",
    "TimelockUnauthorizedCaller": "{caller} may not do this with the timelock",
    "ERC5805FutureLookup": "votes at {timepoint} are not known yet; the clock is at {clock}",
    "ERC6372InconsistentClock": "the token's clock is broken",
    "VotesExpiredSignature": "the signature expired at {expiry:time}",
    "CodeChanged": "the code of {target} has changed since the vote was drafted (its hash is "
    "{actual}, the vote relies on {expected}); look at what is there now, and make a new proposal",
    "LengthsDiffer": "{targets} targets and {codeHashes} code hashes do not belong together",
    "NoTargets": "the precondition names no contract",
    "CheckpointUnorderedInsertion": "a checkpoint would be written out of order",
    "FailedCall": "a call of the proposal failed without a reason",
}
_TOKENS = {
    "ERC20InsufficientBalance": "{sender} holds {balance} (smallest units), less than {needed}",
    "ERC20InsufficientAllowance": "{spender} may take {allowance} (smallest units), less than "
    "{needed}; approve first",
    "ERC20InvalidReceiver": "{receiver} cannot receive tokens",
    "ERC20InvalidSender": "{sender} cannot send tokens",
    "ERC20InvalidApprover": "{approver} cannot approve",
    "ERC20InvalidSpender": "{spender} cannot be approved",
    "ERC20ExceededSafeSupply": "the supply would pass {cap}",
    "ERC2612ExpiredSignature": "the permit expired at {deadline:time}",
    "ERC2612InvalidSigner": "the permit is signed by {signer}, not by {owner}",
    "SafeERC20FailedOperation": "the token {token} refused",
    "ECDSAInvalidSignature": "the signature is none",
    "ECDSAInvalidSignatureLength": "the signature has {length} bytes",
    "ECDSAInvalidSignatureS": "the signature is not in its normal form",
    "InvalidShortString": "a short text of the contract is broken",
    "StringTooLong": "the text {str} is too long",
    "OwnableUnauthorizedAccount": "only the owner may do this, and {account} is not it",
    "EnforcedPause": "the contract is paused",
    "InvalidAccountNonce": "the next nonce of {account} is {currentNonce}",
    "SafeCastOverflowedUintDowncast": "{value} does not fit {bits} bits",
}

SENTENCES = {**_REGISTRY, **_EXECUTOR, **_VAULT, **_LENDING, **_ORACLE, **_GOVERNANCE, **_TOKENS}
"""By the name of the error."""

STATES = ("pending", "active", "canceled", "defeated", "succeeded", "queued", "expired", "executed")
"""OpenZeppelin's states of a proposal, by number."""

ROLES = (
    "STEWARD_ROLE", "GUARDIAN_ROLE", "CURATOR_ROLE", "KEEPER_ROLE",
    "PROPOSER_ROLE", "EXECUTOR_ROLE", "CANCELLER_ROLE",
)  # fmt: skip
"""Roles of OpenZeppelin's AccessControl that our contracts and the timelock have."""


def role(name: str) -> bytes:
    """The hash that stands for a role on chain."""
    from eth_utils.crypto import keccak

    return bytes(32) if name == "DEFAULT_ADMIN_ROLE" else bytes(keccak(text=name))


@cache
def roles() -> Mapping[bytes, str]:
    """The names of roles by the hash that stands for them on chain."""
    return {role(name): name for name in ("DEFAULT_ADMIN_ROLE", *ROLES)}
