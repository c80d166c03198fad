// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../contracts/interfaces/IOracleHub.sol";
import {TestFeed} from "../../contracts/mocks/TestFeed.sol";
import {TestToken} from "../../contracts/mocks/TestToken.sol";
import {LendingTest} from "./doubles/LendingTest.sol";
import {PerpMarket} from "./doubles/PerpMarket.sol";

/// @title Mango: a thin token pumped against the market's own oracle
/// @notice One trader with two accounts of 5 million dollars each bought 483 million MNGO of perpetual futures from
/// himself, about half of the circulating supply, drove the spot price from 0.038 to 0.91 dollars within minutes, and
/// borrowed everything that the market held against the paper profit. Rebuilt: the same position, the same pump, on a
/// market that pays paper profit out at the believed price.
/// @custom:row 7
/// @custom:date 2022-10-11
/// @custom:loss about $114 million
/// @custom:cause the spot price of a thin market, believed at once and for any size
/// @custom:label limited
/// @custom:guard OracleHub.price: PriceOutOfBand, SourcesDeviate
/// @custom:left a lift within the 3 % between the sources: 0.55 million of paper profit, which his own short account pays; a pump within the band, held until the slow price has followed, still empties the market
contract Incident07Test is LendingTest {
    int256 private constant SIZE = 483_000_000e18;
    uint256 private constant MARGIN = 5_000_000e6;
    uint256 private constant HELD = 114_000_000e6;
    uint256 private constant DEVIATION = 300;
    uint256 private constant START = 0.0382e18;

    address private _long = makeAddr("long");
    address private _short = makeAddr("short");
    address private _others = makeAddr("others");
    TestToken private _mngo = new TestToken("MNGO", "MNGO", 6);
    TestToken private _usdc = new TestToken("USDC", "USDC", 6);
    TestFeed private _spot;
    TestFeed private _slow;
    PerpMarket private _perps;

    /// @notice Without guards he takes all 124 million out: his own ten, and 114 of the others.
    function test_harm_114MillionAreTakenOut() public {
        _open(_unguarded());
        _spot.set(0.91e8);
        assertEq(_perps.equityOf(_long), 426_079_400e6);
        vm.prank(_long);
        _perps.withdraw(HELD + 2 * MARGIN);
        assertEq(_usdc.balanceOf(_long) - 2 * MARGIN, HELD);
        assertEq(_usdc.balanceOf(address(_perps)), 0);
        assertEq(_perps.equityOf(_short), -416_079_400e6);
    }

    /// @notice The pump leaves the band at ten times the listing's price, also where it is held until the slow price
    /// has followed.
    function test_guard_bandEndsThePump() public {
        _open(_guarded());
        bytes memory error_ = abi.encodeWithSelector(
            IOracleHub.PriceOutOfBand.selector, _mngo, 0.91e18, START / 10, START * 10
        );
        _spot.set(0.91e8);
        _refused(error_);
        _pump(0.91e8);
        _refused(error_);
    }

    /// @notice A pump that would still empty the market within the band is not what the slow price says.
    function test_guard_slowPriceDoesNotAgree() public {
        _open(_guarded());
        _spot.set(0.381e8);
        _refused(
            abi.encodeWithSelector(
                IOracleHub.SourcesDeviate.selector, _mngo, 0.381e18, START, DEVIATION
            )
        );
    }

    /// @notice What is left at once: a lift of 3 % is 0.55 million on paper, and his two accounts together gain nothing.
    function test_guard_liftWithinTheDeviationGainsNothing() public {
        _open(_guarded());
        _spot.set(0.03935e8);
        _refused(
            abi.encodeWithSelector(
                IOracleHub.SourcesDeviate.selector, _mngo, 0.03935e18, START, DEVIATION
            )
        );
        _spot.set(0.039346e8);
        int256 equity = _perps.equityOf(_long);
        assertEq(equity - int256(MARGIN), 553_518e6);
        assertEq(equity + _perps.equityOf(_short), 2 * int256(MARGIN));
    }

    /// @notice What is left in the end: whoever holds a pump of less than the band until the slow price has followed
    /// empties the market.
    function test_left_pumpWithinTheBandThatIsHeld() public {
        _open(_guarded());
        _pump(0.381e8);
        vm.prank(_long);
        _perps.withdraw(HELD + 2 * MARGIN);
        assertEq(_usdc.balanceOf(address(_perps)), 0);
    }

    function _open(IOracleHub hub_) private {
        vm.warp(1_665_446_400);
        hub = hub_;
        (_spot, _slow) = (new TestFeed("MNGO", 8, 0.0382e8), new TestFeed("slow", 8, 0.0382e8));
        IOracleHub.Feed memory feed = _feed(_spot, START);
        (feed.secondary, feed.secondaryMaxStaleness) = (_slow, 2 days);
        feed.maxDeviationBps = uint16(DEVIATION);
        hub.proposeFeed(address(_mngo), feed);
        _perps = new PerpMarket(address(hub), address(_mngo), _usdc);
        _fund(_long, MARGIN);
        _fund(_short, MARGIN);
        _fund(_others, HELD);
        _perps.trade(_long, _short, SIZE);
    }

    function _fund(address who, uint256 amount) private {
        _usdc.mint(who, amount);
        vm.startPrank(who);
        _usdc.approve(address(_perps), amount);
        _perps.deposit(amount);
        vm.stopPrank();
    }

    /// @dev Held as long as the slow price takes.
    function _pump(int256 price) private {
        _spot.set(price);
        skip(1 days);
        _spot.set(price);
        _slow.set(price);
    }

    function _refused(bytes memory error_) private {
        vm.prank(_long);
        vm.expectRevert(error_);
        _perps.withdraw(1);
        assertEq(_usdc.balanceOf(address(_perps)), HELD + 2 * MARGIN);
    }
}
