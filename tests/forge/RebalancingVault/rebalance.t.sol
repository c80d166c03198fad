// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {IVenue} from "../../../contracts/interfaces/IVenue.sol";
import {DemoVenue} from "../../../contracts/venues/DemoVenue.sol";
import {LyingVenue} from "../doubles/LyingVenue.sol";
import {OddToken} from "../doubles/OddToken.sol";
import {Vm} from "../Vm.sol";
import {VaultTest} from "./VaultTest.sol";

contract RebalanceTest is VaultTest {
    LyingVenue private _liar;

    function setUp() public override {
        super.setUp();
        _liar = new LyingVenue();
        tokens[USDC].mint(address(_liar), 1e15);
        tokens[WBTC].mint(address(_liar), 1e12);
        vault.setVenue(_liar, true);
    }

    /* ACCESS */

    /// @notice Only a keeper rebalances.
    function test_strangerIsRefused() public {
        bytes32 role = vault.KEEPER_ROLE();
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControl.AccessControlUnauthorizedAccount.selector, stranger, role
            )
        );
        vm.prank(stranger);
        vault.rebalance(new IRebalancingVault.Trade[](0));
    }

    /* NORMAL PATH */

    /// @notice Trades bring a new vault from all base asset to its targets, and the event tells it.
    function test_buysInToTheTargets() public {
        _fund();
        uint256[] memory weights = vault.weights();
        assertApproxEqAbs(weights[USDC], 0.2e18, 0.002e18);
        assertApproxEqAbs(weights[WBTC], 0.35e18, 0.002e18);
        assertApproxEqAbs(weights[WETH], 0.45e18, 0.002e18);
        assertLt(vault.drift(), 0.002e18);
        assertApproxEqRel(vault.nav(), 1_000_000e18, 0.001e18);
        assertEq(vault.lastRebalance(), block.timestamp - 6 hours);
    }

    /// @notice After a move of the market one trade of one asset for another closes the drift.
    function test_tradesOneAssetForAnother() public {
        _rise();
        uint256 navBefore = vault.nav();
        uint256 before = _totalDrift();
        _rebalance(_trade(WETH, WBTC, 10e18));
        assertLt(_totalDrift(), before);
        assertLe(vault.nav(), navBefore);
        assertEq(tokens[WETH].balanceOf(address(vault)), vault.balanceOfAsset(WETH));
        assertEq(tokens[WBTC].balanceOf(address(vault)), vault.balanceOfAsset(WBTC));
    }

    /// @notice The events carry what was traded, the values and the drifts.
    function test_emitsTradedAndRebalanced() public {
        _rise();
        uint256 out = venue.quote(address(tokens[WETH]), address(tokens[USDC]), 5e18);
        uint256 navBefore = vault.nav();
        uint256 before = _totalDrift();
        vm.recordLogs();
        _rebalance(_trade(WETH, USDC, 5e18));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bytes memory traded = _dataOf(logs, IRebalancingVault.Traded.selector);
        assertEq(traded, abi.encode(uint256(5e18), out));
        bytes memory rebalanced = _dataOf(logs, IRebalancingVault.Rebalanced.selector);
        assertEq(rebalanced, abi.encode(navBefore, vault.nav(), before, _totalDrift()));
    }

    /// @notice No allowance is left with a venue.
    function test_leavesNoAllowance() public {
        _rise();
        _rebalance(_trade(WETH, USDC, 5e18));
        assertEq(tokens[WETH].allowance(address(vault), address(venue)), 0);
    }

    /// @notice Below the threshold the vault wakes when the interval has elapsed, and then the drift must still fall.
    function test_wakesAfterTheInterval() public {
        _fund();
        _setPrice(WETH, 3100);
        assertLt(vault.drift(), 0.05e18);
        _later(30 days);
        _rebalance(_trade(WETH, USDC, 2e18));
        _later(30 days);
        vm.expectPartialRevert(IRebalancingVault.DriftNotReduced.selector);
        vault.rebalance(new IRebalancingVault.Trade[](0));
    }

    /* BEFORE THE FIRST TRADE */

    /// @notice A vault that lags behind the registry does not trade.
    function test_laggingVaultIsRefused() public {
        _rise();
        registry.set(STRATEGY, 2);
        vm.expectRevert(abi.encodeWithSelector(IRebalancingVault.VersionBehind.selector, 1, 2));
        _rebalance(_trade(WETH, USDC, 5e18));
    }

    /// @notice Without parameters there is no rebalance, even where the registry knows no version either.
    function test_vaultWithoutParametersIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(IRebalancingVault.VersionBehind.selector, 0, 0));
        vault.rebalance(new IRebalancingVault.Trade[](0));
    }

    /// @notice Gas above the limit stops it; at the limit it goes.
    function test_baseFeeIsLimited() public {
        _rise();
        vm.fee(150 gwei + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRebalancingVault.BaseFeeTooHigh.selector, 150 gwei + 1, 150 gwei
            )
        );
        _rebalance(_trade(WETH, USDC, 5e18));
        vm.fee(150 gwei);
        _rebalance(_trade(WETH, USDC, 5e18));
    }

    /// @notice While the sequencer is down, and for the grace after it, nothing is traded.
    function test_sequencerMustBeUp() public {
        _rise();
        sequencer.set(1);
        vm.expectRevert(IOracleHub.SequencerDown.selector);
        _rebalance(_trade(WETH, USDC, 5e18));
        sequencer.set(0);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOracleHub.SequencerGrace.selector, block.timestamp, uint256(1 hours)
            )
        );
        _rebalance(_trade(WETH, USDC, 5e18));
        skip(1 hours);
        _rebalance(_trade(WETH, USDC, 5e18));
    }

    /// @notice One stale price is enough to stop it.
    function test_stalePriceIsRefused() public {
        _rise();
        feeds[WBTC].setRound(60_000e8, block.timestamp - 1 days - 1);
        vm.expectPartialRevert(IOracleHub.PriceStale.selector);
        _rebalance(_trade(WETH, USDC, 5e18));
    }

    /// @notice Between two rebalances lies the cool-off, to the second.
    function test_coolsOff() public {
        _rise();
        _rebalance(_trade(WETH, USDC, 1e18));
        uint256 until = block.timestamp + 6 hours;
        skip(6 hours - 1);
        _refresh();
        vm.expectRevert(abi.encodeWithSelector(IRebalancingVault.CoolingOff.selector, until));
        _rebalance(_trade(WETH, USDC, 1e18));
        _later(1);
        _rebalance(_trade(WETH, USDC, 1e18));
    }

    /// @notice Within the threshold and before the interval is over the vault sleeps.
    function test_sleepsWithinTheThreshold() public {
        _fund();
        uint256 wakesAt = vault.lastRebalance() + 30 days;
        uint256 drift = vault.drift();
        vm.expectRevert(
            abi.encodeWithSelector(
                IRebalancingVault.Dormant.selector, drift, uint256(0.05e18), wakesAt
            )
        );
        _rebalance(_trade(WETH, USDC, 1e18));
    }

    /* EACH TRADE */

    /// @notice A venue that no curator has allowed is not traded with.
    function test_unknownVenueIsRefused() public {
        _rise();
        vault.setVenue(venue, false);
        vm.expectRevert(
            abi.encodeWithSelector(IRebalancingVault.VenueNotAllowed.selector, address(venue))
        );
        _rebalance(_trade(WETH, USDC, 5e18));
    }

    /// @notice A trade of an asset for itself, of none, of nothing, or of more than there is, is no trade.
    function test_senselessTradesAreRefused() public {
        _rise();
        uint256 held = vault.balanceOfAsset(WETH);
        _refused(_trade(WETH, WETH, 1e18));
        _refused(_trade(3, USDC, 1e18));
        _refused(_trade(WETH, 3, 1e18));
        _refused(_trade(WETH, USDC, 0));
        _refused(_trade(WETH, USDC, held + 1));
    }

    /// @notice A trade may be as large as the limit and no larger.
    function test_sizeIsLimited() public {
        _rise();
        IRebalancingVault.Params memory p = _defaults();
        p.maxTradeSize = 100;
        _apply(p);
        uint256 limit = vault.nav() / 100;
        uint256 amount = limit * 1e18 / 4000e18;
        vm.expectPartialRevert(IRebalancingVault.TradeTooLarge.selector);
        _rebalance(_trade(WETH, USDC, amount + 1e6));
        _rebalance(_trade(WETH, USDC, amount));
    }

    /// @notice A trade that loses more than allowed against the oracle is refused, whatever its minimum output says.
    function test_slippageIsLimited() public {
        _rise();
        _liar.set(5e18, 5 * 4000e6 * 9950 / 10_000, 0);
        IRebalancingVault.Trade memory trade = _trade(WETH, USDC, 5e18);
        trade.venue = _liar;
        uint256 id = vm.snapshotState();
        _rebalance(trade);
        vm.revertToState(id);
        _liar.set(5e18, 5 * 4000e6 * 9950 / 10_000 - 1, 0);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRebalancingVault.SlippageTooHigh.selector, 0, uint256(51), uint256(50)
            )
        );
        _rebalance(trade);
    }

    /// @notice Losses add up against the budget, which leaks free again with time.
    function test_slippageBudgetIsLimited() public {
        _rise();
        IRebalancingVault.Params memory p = _defaults();
        p.tradeCoolOff = 0;
        p.slippageBudget = 10;
        p.maxSlippage = 150;
        _apply(p);
        _later(2 days);
        _setPrice(WBTC, 75_000);
        _setPrice(WETH, 6000);
        // 60,000 dollars at 150 bps are about 5.9 bps of the value: the second exceeds the budget of 10.
        IRebalancingVault.Trade memory trade = _trade(WETH, USDC, 10e18);
        trade.venue = _liar;
        _liar.set(10e18, 60_000e6 * 9850 / 10_000, 0);
        uint256 navBefore = vault.nav();
        _rebalance(trade);
        uint256 used = vault.slippageUsed();
        assertEq(used, (900e18 * 1e18 + navBefore - 1) / navBefore);
        vm.expectPartialRevert(IRebalancingVault.SlippageBudgetSpent.selector);
        _rebalance(trade);
        _later(12 hours);
        assertEq(vault.slippageUsed(), used - 0.0005e18);
        _rebalance(trade);
        _later(2 days);
        assertEq(vault.slippageUsed(), 0);
    }

    /// @notice A keeper's own minimum output holds even where the vault's limit is wider.
    function test_minimumOutputHolds() public {
        _rise();
        IRebalancingVault.Trade memory trade = _trade(WETH, USDC, 5e18);
        trade.venue = _liar;
        trade.minAmountOut = 5 * 4000e6;
        _liar.set(5e18, 5 * 4000e6 - 1, 1e30);
        vm.expectRevert(
            abi.encodeWithSelector(
                IVenue.OutputTooSmall.selector, uint256(20_000e6 - 1), uint256(20_000e6)
            )
        );
        _rebalance(trade);
    }

    /// @notice What a venue says is not believed: it paid nothing, so nothing was bought.
    function test_lyingVenueIsRefused() public {
        _rise();
        IRebalancingVault.Trade memory trade = _trade(WETH, USDC, 5e18);
        trade.venue = _liar;
        _liar.set(5e18, 0, 20_000e6);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRebalancingVault.SlippageTooHigh.selector, 0, uint256(10_000), uint256(50)
            )
        );
        _rebalance(trade);
    }

    /// @notice A venue that takes another amount than the trade's is refused, more or less.
    function test_otherInputIsRefused() public {
        _rise();
        IRebalancingVault.Trade memory trade = _trade(WETH, USDC, 5e18);
        trade.venue = _liar;
        _liar.set(5e18 - 1, 20_000e6, 20_000e6);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRebalancingVault.TransferMismatch.selector, address(tokens[WETH])
            )
        );
        _rebalance(trade);
        _liar.set(5e18 + 1, 20_000e6, 20_000e6);
        vm.expectRevert();
        _rebalance(trade);
    }

    /// @notice A bought token that takes a fee on the way counts only with what came.
    function test_feeOnTheBoughtTokenCounts() public {
        _rise();
        tokens[USDC].setFault(OddToken.Fault.TakesFee);
        vm.expectPartialRevert(IRebalancingVault.SlippageTooHigh.selector);
        _rebalance(_trade(WETH, USDC, 5e18));
    }

    /* AFTER THE LAST TRADE */

    /// @notice The loss of all trades together is limited, even where each is within its own limit.
    function test_navMayFallOnlyALittle() public {
        _rise();
        IRebalancingVault.Params memory p = _defaults();
        p.navDeviation = 1;
        _apply(p);
        IRebalancingVault.Trade memory trade = _trade(WETH, USDC, 10e18);
        trade.venue = _liar;
        _liar.set(10e18, 40_000e6 * 9960 / 10_000, 0);
        vm.expectPartialRevert(IRebalancingVault.NavFell.selector);
        _rebalance(trade);
        _liar.set(10e18, 40_000e6 * 9975 / 10_000, 0);
        _rebalance(trade);
    }

    /// @notice A rebalance may not eat into the idle part that withdrawals need.
    function test_idleIsKept() public {
        _rise();
        IRebalancingVault.Params memory p = _defaults();
        p.minIdle = 1700;
        _apply(p);
        _setPrice(WETH, 1500);
        vm.expectPartialRevert(IRebalancingVault.IdleTooLow.selector);
        _rebalance(_trade(USDC, WETH, 100_000e6));
    }

    /// @notice A vault that is short of idle already may still trade its other assets.
    function test_shortageOfIdleStopsOnlyWhatWorsensIt() public {
        _rise();
        IRebalancingVault.Params memory p = _defaults();
        p.minIdle = 5000;
        _apply(p);
        _rebalance(_trade(WETH, WBTC, 5e18));
        _later(6 hours);
        _rebalance(_trade(WETH, USDC, 5e18));
    }

    /// @notice A trade away from the targets is refused.
    function test_driftMustFall() public {
        _rise();
        vm.expectPartialRevert(IRebalancingVault.DriftNotReduced.selector);
        _rebalance(_trade(USDC, WETH, 10_000e6));
    }

    /// @notice No asset pays for another's recentring: one that moves far past its target is refused though the sum
    /// of all distances fell.
    function test_noWeightMovesAway() public {
        _rise();
        vm.expectPartialRevert(IRebalancingVault.WeightMovedAway.selector);
        _rebalance(_trade(WETH, WBTC, 32e18));
    }

    /// @notice One rebalance closes no more of the drift than the speed allows.
    function test_speedIsLimited() public {
        _rise();
        IRebalancingVault.Params memory p = _defaults();
        p.recenteringSpeed = 100_000;
        _apply(p);
        vm.expectPartialRevert(IRebalancingVault.RecentredTooFast.selector);
        _rebalance(_trade(WETH, USDC, 10e18));
        _rebalance(_trade(WETH, USDC, 2e18));
    }

    /* ANY TRADES */

    /// @notice Whatever trades a keeper names: they are refused, or the drift falls and the value falls by no more
    /// than allowed.
    function testFuzz_driftNeverGrows(
        uint256 price,
        uint256[3] memory amounts,
        uint256[3] memory directions
    ) public {
        _fund();
        _setPrice(WETH, bound(price, 1000, 9000));
        uint256 navBefore = vault.nav();
        uint256 before = _totalDrift();
        IRebalancingVault.Trade[] memory trades = new IRebalancingVault.Trade[](3);
        for (uint256 i = 0; i < 3; ++i) {
            uint256 sell = directions[i] % 3;
            uint256 buy = (sell + 1 + directions[i] / 3 % 2) % 3;
            trades[i] = _trade(sell, buy, bound(amounts[i], 1, vault.balanceOfAsset(sell) / 2));
        }
        try vault.rebalance(trades) {
            assertLt(_totalDrift(), before);
            assertGe(vault.nav(), navBefore * 9970 / 10_000);
        } catch {
            assertEq(_totalDrift(), before);
            assertEq(vault.nav(), navBefore);
        }
    }

    /* HELPERS */

    /// @dev A funded vault after ether rose by a third: it is 6.5 points over its target.
    function _rise() private {
        _fund();
        _setPrice(WETH, 4000);
        assertGt(vault.drift(), 0.05e18);
    }

    function _refused(IRebalancingVault.Trade memory trade) private {
        vm.expectRevert(abi.encodeWithSelector(IRebalancingVault.TradeInvalid.selector, 0));
        _rebalance(trade);
    }

    function _totalDrift() private view returns (uint256 total) {
        uint256[] memory weights = vault.weights();
        uint256[] memory targets = vault.targetWeightsNow();
        for (uint256 i = 0; i < weights.length; ++i) {
            total += weights[i] > targets[i] ? weights[i] - targets[i] : targets[i] - weights[i];
        }
    }
}
