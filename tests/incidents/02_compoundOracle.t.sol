// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../../contracts/interfaces/IAggregatorV3.sol";
import {IOracleHub} from "../../contracts/interfaces/IOracleHub.sol";
import {TestFeed} from "../../contracts/mocks/TestFeed.sol";
import {PortfolioTest} from "./PortfolioTest.sol";
import {CErc20, CEther, UnderlyingFeed} from "./doubles/UnderlyingFeed.sol";

/// @title Compound 117: an oracle that asks cETH for its underlying token
/// @notice A vote replaced the oracle of all markets. The new one asked each market for `underlying()`, which the market
/// of ether does not have, so every price of it reverted, and with it every action. The next vote took seven days.
/// Rebuilt: the same proposal through the governor and its timelock, for the feeds of a portfolio of 830 million dollars
/// in USDC, WBTC and WETH.
/// @custom:row 2
/// @custom:date 2022-08-30
/// @custom:loss about $830 million frozen for seven days, nothing lost
/// @custom:cause an address replaced by vote and asked for the first time after the vote
/// @custom:label stopped
/// @custom:guard OracleHub.proposeFeed: FeedUnreadable
/// @custom:left a feed that answers while it is proposed and breaks later stops deposits and withdrawals until the next vote; redeeming in kind goes on, as shown
contract Incident02Test is PortfolioTest {
    uint256 private constant FROZEN = 830_000_000;

    IOracleHub.Feed private _newWbtc;
    IOracleHub.Feed private _newWeth;

    /// @notice Unprobed, the vote passes, 830 million dollars can neither enter nor leave, and the fix takes another seven
    /// days.
    function test_harm_830MillionAreFrozenForSevenDays() public {
        uint256 id = _proposal117(_unguardedHub());
        dao.execute(id);
        assertEq(oracles.price(address(tokens[WBTC])), 60_000e18);
        uint256 since = block.timestamp;
        _assertFrozen();

        id = _passed(
            address(oracles),
            abi.encodeCall(IOracleHub.proposeFeed, (address(tokens[WETH]), _feedOf(feeds[WETH]))),
            "# Proposal 119: the old oracle"
        );
        _refresh();
        _assertFrozen();
        assertGe(block.timestamp - since, VOTE_TAKES);
        dao.execute(id);
        assertApproxEqAbs(vault.nav(), FROZEN * 1e18, 1e18);
        assertEq(vault.maxWithdraw(alice), FROZEN * 1e6 / 5);
    }

    /// @notice The real hub asks each feed for a price while it is proposed: the proposal cannot be executed, no asset
    /// changes its feed, and everyone leaves as before.
    function test_guard_probeRefusesTheWholeProposal() public {
        uint256 id = _proposal117(_realHub());
        vm.expectRevert(_unreadable());
        dao.execute(id);
        assertEq(address(oracles.feedOf(address(tokens[WBTC])).primary), address(feeds[WBTC]));
        assertEq(address(oracles.feedOf(address(tokens[WETH])).primary), address(feeds[WETH]));
        assertApproxEqAbs(vault.nav(), FROZEN * 1e18, 1e18);
        vm.prank(alice);
        vault.withdraw(FROZEN * 1e6 / 5, alice, alice);
        assertEq(tokens[USDC].balanceOf(alice), FROZEN * 1e6 / 5);
    }

    /// @notice Of the two feeds in the proposal it is the one of cETH that is refused.
    function test_guard_probeLetsTheSoundFeedPass() public {
        _proposal117(_realHub());
        vm.startPrank(address(timelock));
        oracles.proposeFeed(address(tokens[WBTC]), _newWbtc);
        vm.expectRevert(_unreadable());
        oracles.proposeFeed(address(tokens[WETH]), _newWeth);
        vm.stopPrank();
    }

    /// @notice Even a portfolio whose price is gone can be left: redeeming in kind asks for none.
    function test_guard_redeemInKindNeedsNoPrice() public {
        dao.execute(_proposal117(_unguardedHub()));
        _assertFrozen();
        uint256 shares = vault.balanceOf(alice);
        vm.prank(alice);
        uint256[] memory amounts = vault.redeemInKind(shares, alice, alice);
        assertApproxEqRel(amounts[WETH], FROZEN * 1e18 * 45 / 100 / 3000, 1e5);
        assertApproxEqRel(amounts[WBTC], FROZEN * 1e8 * 35 / 100 / 60_000, 1e7);
        assertApproxEqRel(amounts[USDC], FROZEN * 1e6 / 5, 1e5);
    }

    /// @dev The portfolio over `hub_`, and the vote for the new oracle up to its execution.
    function _proposal117(IOracleHub hub_) private returns (uint256 id) {
        uint16[] memory weights = new uint16[](3);
        (weights[USDC], weights[WBTC], weights[WETH]) = (2000, 3500, 4500);
        _openPortfolio(hub_, weights, FROZEN);
        (address[] memory targets, bytes[] memory calls) = (new address[](2), new bytes[](2));
        (targets[0], targets[1]) = (address(oracles), address(oracles));
        _newWbtc = _feedThrough(address(new CErc20(address(0x2260))), feeds[WBTC]);
        _newWeth = _feedThrough(address(new CEther()), feeds[WETH]);
        calls[0] = abi.encodeCall(IOracleHub.proposeFeed, (address(tokens[WBTC]), _newWbtc));
        calls[1] = abi.encodeCall(IOracleHub.proposeFeed, (address(tokens[WETH]), _newWeth));
        id = _passed(targets, calls, "# Proposal 117: oracle update");
        _refresh();
    }

    function _feedThrough(address cToken, TestFeed source)
        private
        returns (IOracleHub.Feed memory feed)
    {
        feed = _feedOf(source);
        feed.primary = IAggregatorV3(new UnderlyingFeed(cToken, source));
    }

    /// @dev It is the feed of cETH that is refused.
    function _unreadable() private view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IOracleHub.FeedUnreadable.selector, tokens[WETH], _newWeth.primary
            );
    }

    function _assertFrozen() private {
        assertEq(vault.maxWithdraw(alice), 0);
        assertEq(vault.maxDeposit(alice), 0);
        vm.expectRevert(bytes(""));
        vault.nav();
        vm.expectRevert(bytes(""));
        vm.prank(alice);
        vault.withdraw(1e6, alice, alice);
    }
}
