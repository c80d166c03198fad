// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAggregatorV3} from "../../../contracts/interfaces/IAggregatorV3.sol";
import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {IVenue} from "../../../contracts/interfaces/IVenue.sol";
import {OracleHub} from "../../../contracts/OracleHub.sol";
import {TestFeed} from "../../../contracts/mocks/TestFeed.sol";
import {TestToken} from "../../../contracts/mocks/TestToken.sol";
import {DemoVenue} from "../../../contracts/venues/DemoVenue.sol";
import {Test} from "../Test.sol";

contract DemoVenueTest is Test {
    TestToken private _usdc = new TestToken("USD Coin", "USDC", 6);
    TestToken private _wbtc = new TestToken("Wrapped BTC", "WBTC", 8);
    TestToken private _weth = new TestToken("Wrapped Ether", "WETH", 18);
    OracleHub private _hub;
    DemoVenue private _venue;

    function setUp() public {
        vm.warp(1_795_219_200);
        _hub = new OracleHub(address(this), IAggregatorV3(address(0)), 1 days, 200);
        _list(_usdc, 1);
        _list(_wbtc, 60_000);
        _list(_weth, 3000);
        DemoVenue.Market[] memory markets = new DemoVenue.Market[](3);
        markets[0] = DemoVenue.Market(address(_usdc), 0, 0);
        markets[1] = DemoVenue.Market(address(_wbtc), 200, 10_000_000e18);
        markets[2] = DemoVenue.Market(address(_weth), 500, 5_000_000e18);
        _venue = new DemoVenue(_hub, markets);
        _usdc.mint(address(_venue), 1e13);
        _wbtc.mint(address(_venue), 1e11);
        _weth.mint(address(_venue), 1e21);
    }

    /// @notice The cost is half the spread and the value over twice the depth: 5 + 10 bps for 10,000 dollars of ether.
    function test_costLaw() public view {
        assertEq(_quote(_usdc, _weth, 10_000e6), uint256(10_000e18) * 9985 / 10_000 / 3000);
        assertEq(_quote(_weth, _usdc, 10e18), uint256(30_000e6) * 9965 / 10_000);
    }

    /// @notice A trade between two tokens with markets pays for both.
    function test_crossTradePaysTwice() public view {
        // 30,000 dollars: 2 + 5 bps of spread, 15 + 30 bps of impact.
        assertEq(_quote(_wbtc, _weth, 0.5e8), uint256(10e18) * 9948 / 10_000);
    }

    /// @notice The whole amount is taken, and the quote is paid.
    function test_swaps() public {
        uint256 quoted = _quote(_usdc, _weth, 10_000e6);
        _usdc.mint(address(this), 10_000e6);
        _usdc.approve(address(_venue), 10_000e6);
        uint256 out = _venue.swap(address(_usdc), address(_weth), 10_000e6, quoted);
        assertEq(out, quoted);
        assertEq(_weth.balanceOf(address(this)), quoted);
        assertEq(_usdc.balanceOf(address(this)), 0);
    }

    /// @notice Less than the minimum reverts.
    function test_minimumHolds() public {
        uint256 quoted = _quote(_usdc, _weth, 10_000e6);
        vm.expectRevert(abi.encodeWithSelector(IVenue.OutputTooSmall.selector, quoted, quoted + 1));
        _venue.swap(address(_usdc), address(_weth), 10_000e6, quoted + 1);
    }

    /// @notice Tokens without a market are not traded, nor is a token for itself.
    function test_unknownPairIsRefused() public {
        vm.expectRevert(
            abi.encodeWithSelector(IVenue.PairNotTraded.selector, address(_usdc), address(this))
        );
        _venue.quote(address(_usdc), address(this), 1);
        vm.expectRevert(
            abi.encodeWithSelector(IVenue.PairNotTraded.selector, address(_usdc), address(_usdc))
        );
        _venue.quote(address(_usdc), address(_usdc), 1);
    }

    /// @notice A trade as deep as the market gives nothing, rather than a negative amount.
    function test_wholeDepthGivesNothing() public view {
        assertEq(_quote(_usdc, _weth, 10_000_000e6), 0);
    }

    /// @notice A stale price stops it.
    function test_stalePriceIsRefused() public {
        skip(3 days);
        vm.expectPartialRevert(IOracleHub.PriceStale.selector);
        _venue.quote(address(_usdc), address(_weth), 1e6);
    }

    /// @notice There and back never pays, and a larger trade never has a better price.
    function testFuzz_neverPays(uint256 amount) public view {
        amount = bound(amount, 1e6, 4_000_000e6);
        uint256 there = _quote(_usdc, _weth, amount);
        assertLe(_quote(_weth, _usdc, there), amount);
        assertLe(there, 2 * _quote(_usdc, _weth, amount / 2) + 1e12);
    }

    function _quote(TestToken from, TestToken to, uint256 amount) private view returns (uint256) {
        return _venue.quote(address(from), address(to), amount);
    }

    function _list(TestToken token, uint256 dollars) private {
        TestFeed feed = new TestFeed("feed", 8, int256(dollars * 1e8));
        uint128 price = uint128(dollars * 1e18);
        _hub.proposeFeed(
            address(token),
            IOracleHub.Feed(feed, IAggregatorV3(address(0)), 2 days, 0, 0, price / 10, price * 10)
        );
    }
}
