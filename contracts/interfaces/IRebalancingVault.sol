// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

import {IManagedVault} from "./IManagedVault.sol";
import {IVenue} from "./IVenue.sol";

/// @title A vault that holds several assets at target weights
/// @notice ERC-4626 over the base asset (the first of the strategy): deposits and withdrawals are in the base asset at
/// the oracle-priced net asset value, and `redeemInKind` pays a share of everything, always. A keeper names the
/// trades of a rebalance; the vault checks each rule itself, so that a stolen keeper's key can do little.
///
/// PRICES. Only assets that the vault holds are priced, so a vault that holds nothing but its base asset (a new one, or
/// one of a single asset) never needs an oracle. Where a needed price fails its checks, `totalAssets`, the conversions,
/// the previews, deposits and withdrawals revert with the hub's reason; `maxDeposit`, `maxMint`, `maxWithdraw` and
/// `maxRedeem` return zero; `redeemInKind` works.
///
/// LIQUIDITY. Withdrawals are paid from the base asset that is there: `maxWithdraw` and `maxRedeem` say how much.
///
/// ROUNDING. Always against who acts: the depositor, the one who leaves, the keeper. Shares have six decimals more than
/// the base asset, and a million virtual shares stand against one virtual unit, so nobody can be rounded to nothing.
///
/// REENTRANCY. While the vault trades or pays, every view that depends on balances reverts as well, so that nobody
/// prices its shares in between.
interface IRebalancingVault is IERC4626, IManagedVault {
    /// @notice One trade of a rebalance; assets by their place in the strategy.
    struct Trade {
        IVenue venue;
        uint8 sell;
        uint8 buy;
        uint256 amountIn;
        uint256 minAmountOut;
    }

    /// @notice The parameters as the vault uses them (the module's words, unpacked).
    struct Params {
        uint16[8] targetWeight;
        uint16 driftThreshold;
        uint32 recenteringSpeed;
        uint32 rebalanceInterval;
        uint32 tradeCoolOff;
        uint16 maxTradeSize;
        uint16 maxSlippage;
        uint16 slippageBudget;
        uint32 slippageWindow;
        uint16 navDeviation;
        uint32 oracleMaxStaleness;
        uint16 oracleMaxDeviation;
        uint32 sequencerGrace;
        uint16 minIdle;
        uint16 maxBaseFee;
        uint32 weightRamp;
        uint32 auctionDuration;
    }

    /* EVENTS */

    /// @param driftBefore sum of the distances of all weights from their targets, in 1e18 of the whole
    event Rebalanced(
        uint256 indexed version,
        uint256 navBefore,
        uint256 navAfter,
        uint256 driftBefore,
        uint256 driftAfter
    );
    event Traded(
        address indexed venue,
        address indexed tokenIn,
        address indexed tokenOut,
        uint256 amountIn,
        uint256 amountOut
    );
    event RedeemedInKind(
        address indexed caller, address indexed receiver, address indexed owner, uint256 shares
    );
    /// @notice A token refused a payment in kind; the amount is set aside for the receiver.
    event SetAside(address indexed token, address indexed receiver, uint256 amount);
    event Claimed(
        address indexed token, address indexed owner, address indexed receiver, uint256 amount
    );
    event VenueSet(address indexed venue, bool allowed);

    /* ERRORS */

    error AssetCountOutOfRange(uint256 given, uint256 largest);
    error AssetTwice(address token);
    error DecimalsTooMany(address token, uint256 given, uint256 largest);
    error WordCountWrong(uint256 given, uint256 expected);
    /// @notice A word has a value that needs more bits than the vault keeps for it.
    /// @param largest the largest value of each lane, as a word
    error ParamTooLarge(uint256 word, uint256 given, uint256 largest);
    error WeightsNotWhole(uint256 sum, uint256 whole);
    error VersionBehind(uint256 applied, uint256 committed);
    error BaseFeeTooHigh(uint256 baseFee, uint256 limit);
    /// @notice The drift (largest distance of one weight) is within the threshold, and the interval has not elapsed.
    error Dormant(uint256 drift, uint256 threshold, uint256 wakesAt);
    error CoolingOff(uint256 until);
    error VenueNotAllowed(address venue);
    error VenueUnchanged(address venue, bool allowed);
    error VenueNotContract(address venue);
    error TradeInvalid(uint256 index);
    /// @notice Values are in US dollars, 18 decimals.
    error TradeTooLarge(uint256 index, uint256 value, uint256 limit);
    error SlippageTooHigh(uint256 index, uint256 lossBps, uint256 limitBps);
    /// @notice Both in 1e18 of the net asset value.
    error SlippageBudgetSpent(uint256 used, uint256 budget);
    error NavFell(uint256 navBefore, uint256 navAfter, uint256 maxDeviationBps);
    /// @notice Values are in US dollars, 18 decimals.
    error IdleTooLow(uint256 idle, uint256 minimum);
    /// @notice Sums over all assets, in 1e18 of the whole.
    error DriftNotReduced(uint256 before, uint256 afterwards);
    /// @notice Distances of one weight from its target, in 1e18 of the whole.
    error WeightMovedAway(uint256 asset, uint256 before, uint256 afterwards);
    error RecentredTooFast(uint256 driftAfter, uint256 leastDrift);
    /// @notice A transfer moved the balance of the vault by another amount than it was asked to.
    error TransferMismatch(address token);
    error TooLittleGas(uint256 given, uint256 needed);
    error NothingSetAside(address token, address owner);

    /* REBALANCING */

    /// @notice Trades toward the target weights. Keeper only.
    /// @dev Order of checks: version current, base fee, sequencer, prices fresh, cool-off, drift beyond the threshold
    /// or interval elapsed; each trade: venue, size, slippage, budget; then NAV, idle, drift, each weight, speed.
    /// Amounts are measured at the tokens, whatever the venue says.
    function rebalance(Trade[] calldata trades) external;

    /// @notice A curator allows a venue, which is a contract, or forbids it again.
    function setVenue(IVenue venue, bool allowed) external;

    /* LEAVING IN KIND */

    /// @notice Burns shares for the same part of every asset. Never reads a price, never waits, cannot be paused.
    /// @dev A token that refuses to be paid out does not hold up the others: its amount leaves the vault's balances and
    /// waits for the receiver, who claims it when the token works again.
    /// @return amounts what was paid or set aside of each asset, in the order of the strategy
    function redeemInKind(uint256 shares, address receiver, address owner)
        external
        returns (uint256[] memory amounts);

    /// @notice Pays the caller what was set aside for it, to an address of its choice.
    function claim(address token, address receiver) external returns (uint256 amount);

    /// @notice What is set aside of a token for an owner.
    function setAside(address token, address owner) external view returns (uint256);

    /* VIEWS */

    function assets() external view returns (address[] memory);
    /// @notice The vault's own record of what it holds; donations do not move it.
    function balanceOfAsset(uint256 asset) external view returns (uint256);
    function isVenue(address venue) external view returns (bool);
    function params() external view returns (Params memory);
    /// @notice Where the targets are now, in 1e18 of the whole, on their ramp from the old to the new.
    function targetWeightsNow() external view returns (uint256[] memory);
    /// @notice Current weights, in 1e18 of the whole. Reverts where a price fails its checks.
    function weights() external view returns (uint256[] memory);
    /// @notice Largest distance of a weight from its target, in 1e18 of the whole.
    function drift() external view returns (uint256);
    /// @notice Net asset value in US dollars, 18 decimals.
    function nav() external view returns (uint256);
    function lastRebalance() external view returns (uint256);
    /// @notice What is used of the slippage budget now, in 1e18 of the net asset value.
    function slippageUsed() external view returns (uint256);
}
