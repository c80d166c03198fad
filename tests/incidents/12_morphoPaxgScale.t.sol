// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../contracts/interfaces/IOracleHub.sol";
import {TestFeed} from "../../contracts/mocks/TestFeed.sol";
import {TestToken} from "../../contracts/mocks/TestToken.sol";
import {HandScaledOracle} from "./doubles/HandScaledOracle.sol";
import {LendingMarket} from "./doubles/LendingMarket.sol";
import {LendingTest} from "./doubles/LendingTest.sol";

/// @title Morpho PAXG/USDC: a scale factor that is off by 1e12
/// @notice Who opened the market typed the decimals of its oracle wrong: PAXG has 18 decimals, and 6 were given. Its price
/// was a trillion times too high, and 350 dollars of PAXG borrowed all 230,000 USDC. Rebuilt: the same market on an
/// oracle with typed decimals, and on the hub, which reads them on chain. It was the first price of that market, so
/// there was no old one to compare with.
/// @custom:row 12
/// @custom:date 2024-10-13
/// @custom:loss $230,000, for $350
/// @custom:cause decimals typed by hand into a new market's oracle, and no check of the price that came out
/// @custom:label limited
/// @custom:guard OracleHub.price: decimals read on chain; proposeFeed: PriceOutOfBand, BandInvalid
/// @custom:left a first feed has only its band: in one of ten times up and down a price ten times too high passes, and 350 dollars borrow 3,200.67; the widest band is a factor of 1,000
contract Incident12Test is LendingTest {
    uint256 private constant POOL = 230_000e6;
    uint256 private constant PRICE = 2650e18;
    /// @dev 350 dollars.
    uint256 private constant POSTED = 0.132e18;

    TestToken private _paxg;
    TestToken private _usdc;
    TestFeed private _gold;
    TestFeed private _dollar;

    function setUp() public {
        vm.warp(1_795_219_200);
        (_paxg, _usdc) = (new TestToken("PAXG", "PAXG", 18), new TestToken("USDC", "USDC", 6));
        (_gold, _dollar) = (new TestFeed("XAU / USD", 18, 2650e18), new TestFeed("USDC", 8, 1e8));
    }

    /// @notice With 6 typed for 18, 350 dollars of collateral borrow the whole pool.
    function test_harm_350DollarsBorrow230000() public {
        HandScaledOracle oracle = new HandScaledOracle();
        oracle.set(address(_paxg), _gold, 6);
        oracle.set(address(_usdc), _dollar, 6);
        assertEq(oracle.price(address(_paxg)), PRICE * 1e12);
        _open(address(oracle));
        _borrow(POSTED, POOL);
        assertEq(_usdc.balanceOf(borrower), POOL);
        assertEq(_usdc.balanceOf(address(market)), 0);
        assertApproxEqAbs(POSTED * PRICE / 1e18, 350e18, 1e18);
    }

    /// @notice The hub is told no decimals, neither of a token nor of a feed (here one of 18 and one of 8): the same loan is
    /// refused at 91.5 % of 349.80 dollars.
    function test_guard_decimalsAreReadOnChain() public {
        hub = _guarded();
        hub.proposeFeed(address(_paxg), _feed(_gold, PRICE));
        hub.proposeFeed(address(_usdc), _feed(_dollar, 1e18));
        _open(address(hub));
        _usdc.mint(address(market), POOL);
        _paxg.mint(borrower, POSTED);
        vm.startPrank(borrower);
        _paxg.approve(address(market), POSTED);
        market.supply(POSTED);
        vm.expectRevert(
            abi.encodeWithSelector(LendingMarket.LtvTooHigh.selector, 230_000e18, 320.067e18)
        );
        market.borrow(POOL);
        market.borrow(320.067e6);
        vm.stopPrank();
        assertEq(_usdc.balanceOf(address(market)), POOL - 320.067e6);
    }

    /// @notice A feed that is a trillion times too high itself is refused by the band, though it is the first of its
    /// asset, and no band is wide enough for the right price and the wrong one.
    function test_guard_firstFeedIsHeldToItsBand() public {
        hub = _guarded();
        TestFeed wrong = new TestFeed("XAU / USD, scaled by hand", 8, 2650e20);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOracleHub.PriceOutOfBand.selector, _paxg, PRICE * 1e12, PRICE / 10, PRICE * 10
            )
        );
        hub.proposeFeed(address(_paxg), _feed(wrong, PRICE));
        IOracleHub.Feed memory feed = _feed(wrong, PRICE);
        feed.maxPrice = uint128(PRICE * 1e12);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOracleHub.BandInvalid.selector, _paxg, feed.minPrice, feed.maxPrice, 1000
            )
        );
        hub.proposeFeed(address(_paxg), feed);
    }

    /// @notice What is left: ten times too high is within the band, and 350 dollars borrow 3,200.67.
    function test_left_errorWithinTheBand() public {
        hub = _guarded();
        hub.proposeFeed(address(_paxg), _feed(new TestFeed("XAU / USD", 8, 26_500e8), PRICE));
        hub.proposeFeed(address(_usdc), _feed(_dollar, 1e18));
        _open(address(hub));
        _borrow(POSTED, 3200.67e6);
        assertEq(_usdc.balanceOf(borrower), 3200.67e6);
        vm.expectPartialRevert(LendingMarket.LtvTooHigh.selector);
        vm.prank(borrower);
        market.borrow(1);
    }

    function _open(address prices) private {
        market = new LendingMarket(prices, _paxg, _usdc, LendingMarket.Terms(9150, 9150, 300));
    }
}
