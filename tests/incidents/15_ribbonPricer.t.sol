// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../contracts/interfaces/IOracleHub.sol";
import {TestFeed} from "../../contracts/mocks/TestFeed.sol";
import {TestToken} from "../../contracts/mocks/TestToken.sol";
import {IPriceSource} from "./doubles/LendingMarket.sol";
import {LendingTest} from "./doubles/LendingTest.sol";
import {OpenPricer, OptionPool} from "./doubles/OptionPool.sol";

/// @title Ribbon (Aevo): option vaults with prices of 18 decimals, which anyone could write
/// @notice An update of the pricer of old option vaults gave some assets 18 decimals while the rest stayed at 8, and left
/// the prices at expiry to whoever came. Six days later somebody wrote them, and options without value emptied the pool.
/// Rebuilt: calls out of the money on 900 ether of 3,000 dollars, settled at a price of the wrong scale and at a
/// written one, then at the hub's.
/// @custom:row 15
/// @custom:date 2025-12-12
/// @custom:loss about $2.7 million
/// @custom:cause a price of 18 decimals among those of 8, and no owner of the prices at expiry
/// @custom:label limited
/// @custom:guard OracleHub.price: decimals read on chain, PriceOutOfBand, SourcesDeviate; proposeFeed: NotGovernor
/// @custom:left a feed whose source anyone can write moves the price of a settlement by its maxDeviationBps at most, 3 % here: calls at the money take 2.9 % of the pool
contract Incident15Test is LendingTest {
    uint256 private constant CALLS = 900e18;
    uint256 private constant PRICE = 3000e18;
    /// @dev Dust that a price of 3e13 dollars leaves in the pool.
    uint256 private constant LEFT = 120_000_000_000;

    TestToken private _weth = new TestToken("WETH", "WETH", 18);
    OptionPool private _pool;
    /// @dev Out of the money, where a test says nothing else.
    uint256 private _strike = 4000e18;

    function setUp() public {
        vm.warp(1_795_219_200);
    }

    /// @notice A price of 18 decimals read as one of 8 pays calls that are worth nothing with all 900 ether.
    function test_harm_wrongScalePaysOutThePool() public {
        OpenPricer pricer = new OpenPricer();
        pricer.setFeed(address(_weth), new TestFeed("ETH / USD, updated", 18, 3000e18));
        _expire(address(pricer));
        assertEq(_redeem(), CALLS - LEFT);
        assertApproxEqAbs(_weth.balanceOf(attacker) * PRICE / 1e18, 2_700_000e18, 1e18);
    }

    /// @notice A price that the holder writes himself does the same at the right scale.
    function test_harm_writtenPricePaysOutThePool() public {
        OpenPricer pricer = new OpenPricer();
        pricer.setFeed(address(_weth), new TestFeed("ETH / USD", 8, 3000e8));
        _expire(address(pricer));
        vm.prank(attacker);
        pricer.write(address(_weth), 3000e18);
        assertEq(_redeem(), CALLS - LEFT);
    }

    /// @notice The hub scales each answer by its own feed's decimals: the calls pay nothing.
    function test_guard_eachFeedHasItsOwnScale() public {
        hub = _guarded();
        hub.proposeFeed(address(_weth), _feed(new TestFeed("ETH / USD", 18, 3000e18), PRICE));
        _expire(address(hub));
        assertEq(_redeem(), 0);
        assertEq(_weth.balanceOf(address(_pool)), CALLS);
    }

    /// @notice A feed that changes its answers' scale and not its decimals has no price: nothing is paid.
    function test_guard_changedScaleHasNoPrice() public {
        TestFeed feed = new TestFeed("ETH / USD", 8, 3000e8);
        _list(_feed(feed, PRICE));
        feed.set(3000e18);
        vm.expectRevert(
            abi.encodeWithSelector(
                IOracleHub.PriceOutOfBand.selector, _weth, PRICE * 1e10, PRICE / 10, PRICE * 10
            )
        );
        _redeem();
    }

    /// @notice Nobody but governance gives an asset another feed.
    function test_guard_strangersSetNoPrice() public {
        _list(_feed(new TestFeed("ETH / USD", 8, 3000e8), PRICE));
        IOracleHub.Feed memory feed = _feed(new TestFeed("mine", 8, 29_000e8), PRICE);
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.NotGovernor.selector, attacker));
        vm.prank(attacker);
        hub.proposeFeed(address(_weth), feed);
        assertEq(_redeem(), 0);
    }

    /// @notice Where the feed itself takes what anyone writes, its second source holds it: a price that would pay is none.
    function test_guard_secondSourceHoldsAWrittenPrice() public {
        TestFeed open = new TestFeed("ETH / USD, open", 8, 3000e8);
        IOracleHub.Feed memory feed = _feed(open, PRICE);
        feed.secondary = new TestFeed("ETH / USD", 8, 3000e8);
        (feed.secondaryMaxStaleness, feed.maxDeviationBps) = (2 days, 300);
        _list(feed);
        open.set(29_000e8);
        vm.expectRevert(
            abi.encodeWithSelector(IOracleHub.SourcesDeviate.selector, _weth, 29_000e18, PRICE, 300)
        );
        _redeem();
        open.set(3090e8);
        assertEq(_redeem(), 0);
    }

    /// @notice What is left: within the 3 % the written price counts, and calls at the money take 2.9 % of the pool.
    function test_left_writtenPriceWithinTheDeviation() public {
        TestFeed open = new TestFeed("ETH / USD, open", 8, 3000e8);
        IOracleHub.Feed memory feed = _feed(open, PRICE);
        feed.secondary = new TestFeed("ETH / USD", 8, 3000e8);
        (feed.secondaryMaxStaleness, feed.maxDeviationBps) = (2 days, 300);
        _strike = PRICE;
        _list(feed);
        open.set(3090e8);
        assertEq(hub.price(address(_weth)), 3090e18);
        assertEq(_redeem(), CALLS * 90 / 3090);
    }

    function _list(IOracleHub.Feed memory feed) private {
        hub = _guarded();
        hub.proposeFeed(address(_weth), feed);
        _expire(address(hub));
    }

    /// @dev The attacker holds calls on all that the pool has, and they expire.
    function _expire(address prices) private {
        _pool = new OptionPool(IPriceSource(prices), _weth, _strike, block.timestamp + 1 days);
        _weth.mint(address(this), CALLS);
        _weth.approve(address(_pool), CALLS);
        _pool.write(attacker, CALLS);
        skip(1 days);
    }

    function _redeem() private returns (uint256) {
        vm.prank(attacker);
        return _pool.redeem();
    }
}
