// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRebalancingVault} from "../../contracts/interfaces/IRebalancingVault.sol";
import {DemoVenue} from "../../contracts/venues/DemoVenue.sol";
import {PortfolioTest} from "./PortfolioTest.sol";
import {UnguardedVault} from "./doubles/UnguardedVault.sol";

/// @title Yearn treasury: a script that sold a whole position in one swap
/// @notice A script of the treasury's multisig was to convert fees. It swapped the treasury's own position as well, all
/// 3,794,894 lp-yCRVv2 at once and with no least output, on a market far too thin, for 779,958 yvDAI. Rebuilt: a
/// portfolio with that position at three quarters, which its keeper sells on a market of the depth that gives this
/// output (yvDAI at 1.055 dollars).
/// @custom:row 10
/// @custom:date 2023-12-11
/// @custom:loss $1.4 million, 63 % of the position
/// @custom:cause a trade of any size at any price: amount and least output were left to a script
/// @custom:label limited
/// @custom:guard RebalancingVault.rebalance: TradeTooLarge, SlippageTooHigh, NavFell
/// @custom:left a keeper that keeps every rule can lose 0.30 % of the portfolio in a rebalance, one every six hours
contract Incident10Test is PortfolioTest {
    uint256 private constant LP = 3;
    uint256 private constant YV_DAI = 4;
    uint256 private constant POSITION = 3_794_894e18;
    uint256 private constant RECEIVED = 779_958e18;
    uint256 private constant PORTFOLIO = 2_965_334;
    uint256 private constant VALUE = PORTFOLIO * 1e18 * 3 / 4;

    UnguardedVault private _treasury;

    function setUp() public override {
        super.setUp();
        _list("lp-yCRVv2", 18, 1);
        _list("yvDAI", 18, 1);
        feeds[LP].set(0.58605076e8);
        feeds[YV_DAI].set(1.05503141e8);
        uint16[] memory weights = new uint16[](5);
        (weights[USDC], weights[LP]) = (2500, 7500);
        _treasury = _openPortfolio(_realHub(), weights, PORTFOLIO);
        _moveTargets();
        venue = _thinVenue();
        vault.setVenue(venue, true);
    }

    /// @notice Without guards one trade turns the position into 779,958 yvDAI, and 1.4 million dollars are gone.
    function test_harm_63PercentAreLostInOneTrade() public {
        uint256 before = vault.nav();
        assertApproxEqAbs(vault.balanceOfAsset(LP), POSITION, 1e18);
        _treasury.rebalanceUnguarded(_sales(1, vault.balanceOfAsset(LP)));
        assertApproxEqAbs(vault.balanceOfAsset(YV_DAI), RECEIVED, 1e18);
        assertApproxEqAbs(before - vault.nav(), 1_401_000e18, 1000e18);
        assertApproxEqRel(before - vault.nav(), VALUE * 63 / 100, 1e13);
    }

    /// @notice The whole position is three times as much as one trade may be.
    function test_guard_wholePositionIsTooLarge() public {
        uint256 limit = vault.nav() / 4;
        _refused(1, vault.balanceOfAsset(LP), IRebalancingVault.TradeTooLarge.selector);
        assertApproxEqRel(VALUE, 3 * limit, 1e12);
    }

    /// @notice Thirds of it are small enough, and lose 21 % each where half a percent is allowed.
    function test_guard_thirdsOfItAreTooDear() public {
        uint256 third = vault.balanceOfAsset(LP) / 3 - 1e18;
        vm.expectRevert(
            abi.encodeWithSelector(IRebalancingVault.SlippageTooHigh.selector, 0, 2100, 50)
        );
        vault.rebalance(_sales(1, third));
    }

    /// @notice Pieces small enough to lose less than half a percent each lose too much together.
    function test_guard_manySmallPiecesLoseTooMuchTogether() public {
        uint256 count = 128;
        _refused(count, vault.balanceOfAsset(LP) / count, IRebalancingVault.NavFell.selector);
    }

    /// @notice What is left: pieces that lose not quite 0.30 % together pass, and the next ones wait for six hours.
    function test_guard_keeperLosesAtMost30BasisPointsInSixHours() public {
        uint256 before = vault.nav();
        uint256 piece = vault.balanceOfAsset(LP) / 128;
        vault.rebalance(_sales(102, piece));
        uint256 lost = before - vault.nav();
        assertLe(lost, before * 30 / 10_000);
        assertGe(lost, before * 29 / 10_000);
        _refused(1, piece, IRebalancingVault.CoolingOff.selector);
        assertEq(vault.params().tradeCoolOff, 6 hours);
    }

    function _refused(uint256 count, uint256 each, bytes4 error_) private {
        vm.expectPartialRevert(error_);
        vault.rebalance(_sales(count, each));
    }

    /// @dev The vote that asks for yvDAI in the position's place, and its ramp run out.
    function _moveTargets() private {
        IRebalancingVault.Params memory p = vault.params();
        (p.targetWeight[LP], p.targetWeight[YV_DAI]) = (0, 7500);
        _apply(p);
        _later(p.weightRamp);
    }

    /// @dev Its cost is linear in the size of a trade, and 63 % for the whole position.
    function _thinVenue() private returns (DemoVenue made) {
        DemoVenue.Market[] memory markets = new DemoVenue.Market[](2);
        markets[0] = DemoVenue.Market(address(tokens[LP]), 0, uint128(VALUE * 100 / 126));
        markets[1] = DemoVenue.Market(address(tokens[YV_DAI]), 0, 0);
        made = new DemoVenue(oracles, markets);
        tokens[YV_DAI].mint(address(made), POSITION);
    }

    function _sales(uint256 count, uint256 each)
        private
        view
        returns (IRebalancingVault.Trade[] memory trades)
    {
        trades = new IRebalancingVault.Trade[](count);
        for (uint256 i = 0; i < count; ++i) {
            trades[i] = _trade(LP, YV_DAI, each);
        }
    }
}
