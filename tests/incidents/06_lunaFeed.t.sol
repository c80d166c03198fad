// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../contracts/interfaces/IOracleHub.sol";
import {TestFeed} from "../../contracts/mocks/TestFeed.sol";
import {TestToken} from "../../contracts/mocks/TestToken.sol";
import {LendingMarket} from "./doubles/LendingMarket.sol";
import {LendingTest} from "./doubles/LendingTest.sol";

/// @title Venus and Blizz: a feed of LUNA that stood at $0.107
/// @notice LUNA fell from 80 dollars to nothing within days. Its feed was paused at 0.107 dollars while the market went on
/// to 0.01, and two lending markets went on lending against it. Blizz was empty before its timelock let it pause.
/// Rebuilt: the same fall, the same pause, and a borrower who buys LUNA at the market's price.
/// @custom:row 6
/// @custom:date 2022-05-12
/// @custom:loss Venus $11.2 million, Blizz about $8.3 million
/// @custom:cause an old answer taken for a price, of an asset that had left every range it was listed for
/// @custom:label limited
/// @custom:guard OracleHub.price: PriceOutOfBand, SourcesDeviate, PriceStale
/// @custom:left with the widest band (a factor of 1,000) and one source a paused feed counts until its own limit of age, an hour here, in which all 11.2 million can be lent
contract Incident06Test is LendingTest {
    uint256 private constant PAUSED_AT = 0.107e18;
    uint256 private constant LENT = 11_200_000e6;
    uint256 private constant LISTED_AT = 80e18;
    /// @dev Of a feed that answers every few minutes.
    uint32 private constant OLDEST = 1 hours;
    /// @dev What the market lends at 55 % of 0.107 dollars each.
    uint256 private constant LUNA = 190_314_359e18;

    TestToken private _luna;
    TestToken private _usdc;
    TestFeed private _source;
    TestFeed private _exchange;

    /// @notice Without guards LUNA of 1.9 million dollars borrows 11.2 million, and nobody will ever pay it back.
    function test_harm_11200000DollarsAreLentOn1900000() public {
        IOracleHub.Feed memory feed;
        _open(_unguarded(), feed);
        _fall();
        skip(5 hours);
        assertEq(LUNA / 100 / 1e18, 1_903_143);
        _borrow(LUNA, LENT);
        assertEq(_usdc.balanceOf(borrower), LENT);
    }

    /// @notice The band for an asset of 80 dollars ends at 8: the price is gone long before the feed is paused.
    function test_guard_bandEndsThePriceAt8Dollars() public {
        _open(_guarded(), _feed(_source, LISTED_AT));
        _source.set(7.99e8);
        _refused(
            abi.encodeWithSelector(
                IOracleHub.PriceOutOfBand.selector, _luna, 7.99e18, LISTED_AT / 10, LISTED_AT * 10
            )
        );
        _fall();
        _refused(
            abi.encodeWithSelector(
                IOracleHub.PriceOutOfBand.selector, _luna, PAUSED_AT, LISTED_AT / 10, LISTED_AT * 10
            )
        );
    }

    /// @notice In the widest band there is, a second source tells the market's price from the paused one.
    function test_guard_secondSourceTellsThePauseAtOnce() public {
        IOracleHub.Feed memory feed = _widest();
        (feed.secondary, feed.secondaryMaxStaleness) = (_exchange, OLDEST);
        feed.maxDeviationBps = 300;
        _open(_guarded(), feed);
        _fall();
        _refused(
            abi.encodeWithSelector(
                IOracleHub.SourcesDeviate.selector, _luna, PAUSED_AT, 0.01e18, 300
            )
        );
    }

    /// @notice In the widest band and with one source, the paused price counts for an hour and not a second longer.
    function test_guard_ageEndsThePriceAfterAnHour() public {
        _open(_guarded(), _widest());
        _fall();
        uint256 paused = block.timestamp;
        skip(OLDEST);
        assertEq(hub.price(address(_luna)), PAUSED_AT);
        skip(1);
        _refused(abi.encodeWithSelector(IOracleHub.PriceStale.selector, _luna, paused, paused + 1));
    }

    /// @notice What is left: within that hour, in the widest band and with one source, all 11.2 million are lent.
    function test_left_anHourInTheWidestBand() public {
        _open(_guarded(), _widest());
        _fall();
        skip(OLDEST);
        _borrow(LUNA, LENT);
        assertEq(_usdc.balanceOf(borrower), LENT);
    }

    function setUp() public {
        vm.warp(1_652_313_600);
        (_luna, _usdc) = (new TestToken("LUNA", "LUNA", 18), new TestToken("USDC", "USDC", 6));
        _source = new TestFeed("LUNA / USD", 8, 80e8);
        _exchange = new TestFeed("LUNA on an exchange", 8, 80e8);
    }

    function _open(IOracleHub hub_, IOracleHub.Feed memory feed) private {
        hub = hub_;
        feed.primary = _source;
        hub.proposeFeed(address(_luna), feed);
        hub.proposeFeed(address(_usdc), _feed(new TestFeed("USDC / USD", 8, 1e8), 1e18));
        market =
            new LendingMarket(address(hub), _luna, _usdc, LendingMarket.Terms(5500, 6000, 1000));
    }

    /// @dev As far down and up as the hub accepts, around what LUNA ever was.
    function _widest() private view returns (IOracleHub.Feed memory feed) {
        feed = _feed(_source, LISTED_AT);
        (feed.minPrice, feed.maxPrice) = (0.1e18, 100e18);
        feed.maxStaleness = OLDEST;
    }

    /// @dev The market goes to one cent; the feed's last answer is another.
    function _fall() private {
        skip(1 days);
        _source.set(0.107e8);
        _exchange.set(0.01e8);
    }

    /// @dev Nothing at all is lent on LUNA.
    function _refused(bytes memory error_) private {
        _luna.mint(borrower, LUNA);
        _usdc.mint(address(market), LENT);
        vm.startPrank(borrower);
        _luna.approve(address(market), LUNA);
        market.supply(LUNA);
        vm.expectRevert(error_);
        market.borrow(1e6);
        vm.stopPrank();
    }
}
