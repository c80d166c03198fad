// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {BasketVault} from "./BasketVault.sol";
import {IManagedVault} from "./interfaces/IManagedVault.sol";
import {IOracleHub} from "./interfaces/IOracleHub.sol";
import {IRebalancingVault} from "./interfaces/IRebalancingVault.sol";
import {IStrategyRegistry} from "./interfaces/IStrategyRegistry.sol";
import {IVenue} from "./interfaces/IVenue.sol";
import {Drift} from "./libraries/Drift.sol";
import {LeakyBucket} from "./libraries/LeakyBucket.sol";
import {RebalancingParams} from "./libraries/RebalancingParams.sol";
import {TargetWeights} from "./libraries/TargetWeights.sol";

/// @title The vault of a rebalanced strategy
/// @notice Obeys module 0 of the registry. Governance, registry, hub and executor are fixed for its life.
contract RebalancingVault is BasketVault, AccessControl {
    using Math for uint256;
    using SafeERC20 for IERC20;

    /// @notice What a vault is made of.
    struct Setup {
        string name;
        string symbol;
        /// @dev The base asset first, in the order of the strategy.
        address[] assets;
        bytes32 strategyId;
        IStrategyRegistry registry;
        IOracleHub hub;
        address executor;
        /// @dev Grants and revokes roles: the timelock.
        address admin;
    }

    /// @dev What a rebalance knows before its first trade; prices stay the same throughout it.
    struct Book {
        Params rules;
        uint256[] prices;
        uint256[] targets;
        uint256[] distances;
        uint256 idle;
        uint256 nav;
        uint256 slippageUsed;
    }

    /// @dev One slot; `used` is 1e18 of the net asset value, at the time `usedAt`.
    struct Clock {
        uint40 rampStart;
        uint40 lastRebalance;
        uint40 usedAt;
        uint128 used;
    }

    /// @notice May rebalance, within the rules. Assume that its key is stolen.
    bytes32 public constant KEEPER_ROLE = keccak256("KEEPER_ROLE");
    /// @notice May allow and forbid venues.
    bytes32 public constant CURATOR_ROLE = keccak256("CURATOR_ROLE");

    uint256 private constant _WHOLE = TargetWeights.WHOLE;
    uint256 private constant _BPS = 10_000;
    uint256 private constant _PER_BPS = _WHOLE / _BPS;
    uint256 private constant _PPM = 1e6;

    /// @inheritdoc IManagedVault
    bytes32 public immutable strategyId;
    /// @notice Where the parameters are decided.
    IStrategyRegistry public immutable registry;
    /// @notice Where prices come from.
    IOracleHub public immutable hub;
    /// @notice Who brings the parameters.
    address public immutable executor;

    /// @inheritdoc IRebalancingVault
    mapping(address venue => bool) public isVenue;

    uint256 private _rules;
    uint256 private _targets;
    Clock private _clock;

    constructor(Setup memory setup) BasketVault(setup.name, setup.symbol, setup.assets) {
        strategyId = setup.strategyId;
        registry = setup.registry;
        hub = setup.hub;
        executor = setup.executor;
        _grantRole(DEFAULT_ADMIN_ROLE, setup.admin);
    }

    /* PARAMETERS */

    /// @inheritdoc IManagedVault
    /// @dev Also in the middle of a rebalance, which works on its own copy; a vault that refused then would look broken.
    function applyParams(uint32 version, uint256[] calldata words) external {
        if (msg.sender != executor) revert NotExecutor(msg.sender);
        uint256 slot = _targets;
        uint256 current = TargetWeights.versionOf(slot);
        if (version <= current) revert VersionNotNewer(version, current);
        if (words.length != RebalancingParams.WORDS) {
            revert WordCountWrong(words.length, RebalancingParams.WORDS);
        }
        uint256 targets = TargetWeights.parse(words[0], _COUNT);
        uint256 rules = RebalancingParams.pack(words[1], words[2]);
        uint256 oldRules = _rules;
        uint256 from = TargetWeights.fromOf(slot);
        bool sameRamp = RebalancingParams.rampOf(rules) == RebalancingParams.rampOf(oldRules);
        if (current == 0) {
            from = targets;
        } else if (targets != TargetWeights.targetsOf(slot) || !sameRamp) {
            // A new ramp starts where the old one is now, so that no target ever jumps.
            uint256 elapsed = block.timestamp - _clock.rampStart;
            from = TargetWeights.rampedPacked(
                slot, _COUNT, elapsed, RebalancingParams.rampOf(oldRules)
            );
            _clock.rampStart = uint40(block.timestamp);
        }
        if (rules != oldRules) _rules = rules;
        _targets = TargetWeights.pack(targets, from, version);
        emit ParamsApplied(version);
    }

    /// @inheritdoc IRebalancingVault
    function setVenue(IVenue venue, bool allowed) external onlyRole(CURATOR_ROLE) {
        if (isVenue[address(venue)] == allowed) revert VenueUnchanged(address(venue), allowed);
        // One that has lost its code can still be forbidden.
        if (allowed && address(venue).code.length == 0) revert VenueNotContract(address(venue));
        isVenue[address(venue)] = allowed;
        emit VenueSet(address(venue), allowed);
    }

    /* REBALANCING */

    /// @inheritdoc IRebalancingVault
    // Guarded, and every view of balances is as well; parameters that arrive in between meet no copy of the clock.
    // slither-disable-next-line reentrancy-no-eth
    function rebalance(Trade[] calldata trades) external onlyRole(KEEPER_ROLE) nonReentrant {
        uint256 version = _requireCurrent();
        Params memory rules = RebalancingParams.named(_rules);
        _requireCalmChain(rules);
        Book memory book = _open(rules);
        _requireAwake(book);
        for (uint256 i = 0; i < trades.length; ++i) {
            _trade(book, trades[i], i);
        }
        _close(book, version);
    }

    /* VIEWS */

    /// @inheritdoc IManagedVault
    function module() external pure returns (uint8) {
        return 0;
    }

    /// @inheritdoc IManagedVault
    function appliedVersion() external view returns (uint256) {
        return TargetWeights.versionOf(_targets);
    }

    /// @inheritdoc IManagedVault
    function appliedWords() external view returns (uint256[] memory words) {
        words = new uint256[](RebalancingParams.WORDS);
        words[0] = TargetWeights.wordOf(_targets);
        (words[1], words[2]) = RebalancingParams.unpack(_rules);
    }

    /// @inheritdoc IRebalancingVault
    function params() external view returns (Params memory rules) {
        rules = RebalancingParams.named(_rules);
        for (uint256 i = 0; i < _COUNT; ++i) {
            rules.targetWeight[i] = uint16(TargetWeights.bpsAt(_targets, i));
        }
    }

    /// @inheritdoc IRebalancingVault
    function weights() external view nonReentrantView returns (uint256[] memory) {
        (uint256[] memory values, uint256 total) = _value(_prices());
        return Drift.weightsOf(values, total);
    }

    /// @inheritdoc IRebalancingVault
    function drift() external view nonReentrantView returns (uint256) {
        (uint256[] memory values, uint256 total) = _value(_prices());
        return Drift.largest(Drift.distances(Drift.weightsOf(values, total), targetWeightsNow()));
    }

    /// @inheritdoc IRebalancingVault
    function nav() external view nonReentrantView returns (uint256 total) {
        (, total) = _value(_prices());
    }

    /// @inheritdoc IRebalancingVault
    function lastRebalance() external view returns (uint256) {
        return _clock.lastRebalance;
    }

    /// @inheritdoc IRebalancingVault
    function slippageUsed() external view returns (uint256) {
        return _slippageUsed(RebalancingParams.named(_rules));
    }

    /// @inheritdoc IRebalancingVault
    function targetWeightsNow() public view returns (uint256[] memory) {
        uint256 elapsed = block.timestamp - _clock.rampStart;
        return TargetWeights.ramped(_targets, _COUNT, elapsed, RebalancingParams.rampOf(_rules));
    }

    /* STAGES OF A REBALANCE */

    function _requireCurrent() private view returns (uint256 applied) {
        applied = TargetWeights.versionOf(_targets);
        uint256 committed = registry.version(strategyId);
        if (applied == 0 || applied != committed) revert VersionBehind(applied, committed);
    }

    function _requireCalmChain(Params memory rules) private view {
        uint256 limit = uint256(rules.maxBaseFee) * 1 gwei;
        if (block.basefee > limit) revert BaseFeeTooHigh(block.basefee, limit);
        hub.requireSequencer(rules.sequencerGrace);
    }

    function _open(Params memory rules) private view returns (Book memory book) {
        book.rules = rules;
        book.prices = _prices();
        uint256[] memory values;
        (values, book.nav) = _value(book.prices);
        book.idle = values[0];
        book.targets = targetWeightsNow();
        book.distances = Drift.distances(Drift.weightsOf(values, book.nav), book.targets);
        book.slippageUsed = _slippageUsed(rules);
    }

    function _requireAwake(Book memory book) private view {
        uint256 last = _clock.lastRebalance;
        uint256 coolUntil = last + book.rules.tradeCoolOff;
        if (block.timestamp < coolUntil) revert CoolingOff(coolUntil);
        uint256 largest = Drift.largest(book.distances);
        uint256 threshold = book.rules.driftThreshold * _PER_BPS;
        uint256 wakesAt = last + book.rules.rebalanceInterval;
        if (largest <= threshold && block.timestamp < wakesAt) {
            revert Dormant(largest, threshold, wakesAt);
        }
    }

    function _trade(Book memory book, Trade calldata trade, uint256 index) private {
        if (!isVenue[address(trade.venue)]) revert VenueNotAllowed(address(trade.venue));
        if (
            trade.sell >= _COUNT || trade.buy >= _COUNT || trade.sell == trade.buy
                || trade.amountIn == 0 || trade.amountIn > _holdings[trade.sell].balance
        ) revert TradeInvalid(index);
        uint256 sold = _valueOf(trade.sell, trade.amountIn, book.prices, Math.Rounding.Ceil);
        uint256 limit = book.nav * book.rules.maxTradeSize / _BPS;
        if (sold > limit) revert TradeTooLarge(index, sold, limit);
        uint256 amountOut = _swap(trade);
        uint256 bought = _valueOf(trade.buy, amountOut, book.prices, Math.Rounding.Floor);
        if (bought >= sold) return;
        _spendSlippage(book, index, sold, sold - bought);
    }

    /// @dev Rounded against the keeper throughout.
    function _spendSlippage(Book memory book, uint256 index, uint256 sold, uint256 loss)
        private
        pure
    {
        uint256 lossBps = loss.mulDiv(_BPS, sold, Math.Rounding.Ceil);
        if (lossBps > book.rules.maxSlippage) {
            revert SlippageTooHigh(index, lossBps, book.rules.maxSlippage);
        }
        book.slippageUsed += loss.mulDiv(_WHOLE, book.nav, Math.Rounding.Ceil);
        uint256 budget = book.rules.slippageBudget * _PER_BPS;
        if (book.slippageUsed > budget) revert SlippageBudgetSpent(book.slippageUsed, budget);
    }

    /// @dev Believes the tokens' balances, not the venue. Balances are written after the venue's call because they are
    /// measured by it; nobody enters in between.
    // slither-disable-next-line reentrancy-no-eth,reentrancy-balance
    function _swap(Trade calldata trade) private returns (uint256 amountOut) {
        IERC20 tokenIn = _holdings[trade.sell].token;
        IERC20 tokenOut = _holdings[trade.buy].token;
        uint256 inBefore = tokenIn.balanceOf(address(this));
        uint256 outBefore = tokenOut.balanceOf(address(this));
        tokenIn.forceApprove(address(trade.venue), trade.amountIn);
        // The answer is not looked at: what came is measured.
        // slither-disable-next-line unused-return
        trade.venue.swap(address(tokenIn), address(tokenOut), trade.amountIn, trade.minAmountOut);
        tokenIn.forceApprove(address(trade.venue), 0);
        if (tokenIn.balanceOf(address(this)) + trade.amountIn != inBefore) {
            revert TransferMismatch(address(tokenIn));
        }
        amountOut = tokenOut.balanceOf(address(this)).saturatingSub(outBefore);
        if (amountOut < trade.minAmountOut) {
            revert IVenue.OutputTooSmall(amountOut, trade.minAmountOut);
        }
        _holdings[trade.sell].balance -= trade.amountIn;
        _holdings[trade.buy].balance += amountOut;
        emit Traded(
            address(trade.venue), address(tokenIn), address(tokenOut), trade.amountIn, amountOut
        );
    }

    function _close(Book memory book, uint256 version) private {
        (uint256[] memory values, uint256 navAfter) = _value(book.prices);
        uint256[] memory distances =
            Drift.distances(Drift.weightsOf(values, navAfter), book.targets);
        uint256 driftBefore = Drift.sum(book.distances);
        uint256 driftAfter = Drift.sum(distances);
        _requireNavAndIdle(book, navAfter, values[0]);
        _requireRecentred(book, distances, driftBefore, driftAfter);
        _clock.lastRebalance = uint40(block.timestamp);
        _clock.usedAt = uint40(block.timestamp);
        // Safe cast: at most the budget, a few times 1e17.
        _clock.used = uint128(book.slippageUsed);
        emit Rebalanced(version, book.nav, navAfter, driftBefore, driftAfter);
    }

    function _requireNavAndIdle(Book memory book, uint256 navAfter, uint256 idle) private pure {
        uint256 deviation = book.rules.navDeviation;
        if (navAfter * _BPS < book.nav * (_BPS - deviation)) {
            revert NavFell(book.nav, navAfter, deviation);
        }
        uint256 minimum = navAfter.mulDiv(book.rules.minIdle, _BPS, Math.Rounding.Ceil);
        // A vault that was short of idle may still trade, but not make it worse.
        if (idle < minimum && idle < book.idle) revert IdleTooLow(idle, minimum);
    }

    function _requireRecentred(
        Book memory book,
        uint256[] memory distances,
        uint256 driftBefore,
        uint256 driftAfter
    ) private view {
        if (driftAfter >= driftBefore) {
            revert DriftNotReduced(driftBefore, driftAfter);
        }
        // Selling A for B at a cost raises the share of an untouched C a little.
        uint256 slack = book.rules.navDeviation * _PER_BPS;
        for (uint256 i = 0; i < _COUNT; ++i) {
            if (distances[i] > book.distances[i] + slack) {
                revert WeightMovedAway(i, book.distances[i], distances[i]);
            }
        }
        uint256 kept =
            driftBefore.mulDiv(_PPM - book.rules.recenteringSpeed, _PPM, Math.Rounding.Ceil);
        uint256 least = kept.saturatingSub(slack);
        if (driftAfter < least) revert RecentredTooFast(driftAfter, least);
    }

    /* VALUES */

    function _slippageUsed(Params memory rules) private view returns (uint256) {
        uint256 used = _clock.used;
        uint256 elapsed = block.timestamp - _clock.usedAt;
        uint256 budget = rules.slippageBudget * _PER_BPS;
        // Before the first version nothing is used and the window is still zero.
        return used > 0 ? LeakyBucket.level(used, elapsed, budget, rules.slippageWindow) : 0;
    }

    function _prices() private view returns (uint256[] memory prices) {
        prices = new uint256[](_COUNT);
        for (uint256 i = 0; i < _COUNT; ++i) {
            prices[i] = _priceOf(_holdings[i]);
        }
    }

    function _priceOf(Holding storage holding) internal view override returns (uint256) {
        uint256 rules = _rules;
        // Before the first version there are no limits but the feed's own.
        if (rules == 0) return hub.price(address(holding.token));
        (uint256 staleness, uint256 deviation) = RebalancingParams.priceLimits(rules);
        return hub.priceWithin(address(holding.token), staleness, deviation);
    }

    /// @return values of each asset in US dollars, 18 decimals, rounded down
    function _value(uint256[] memory prices)
        private
        view
        returns (uint256[] memory values, uint256 total)
    {
        values = new uint256[](_COUNT);
        for (uint256 i = 0; i < _COUNT; ++i) {
            values[i] = _valueOf(i, _holdings[i].balance, prices, Math.Rounding.Floor);
            total += values[i];
        }
    }

    function _valueOf(
        uint256 asset_,
        uint256 amount,
        uint256[] memory prices,
        Math.Rounding rounding
    ) private view returns (uint256) {
        return amount.mulDiv(prices[asset_], 10 ** _holdings[asset_].decimals, rounding);
    }
}
