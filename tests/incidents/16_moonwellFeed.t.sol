// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../contracts/interfaces/IOracleHub.sol";
import {TestFeed} from "../../contracts/mocks/TestFeed.sol";
import {TestToken} from "../../contracts/mocks/TestToken.sol";
import {LendingMarket} from "./doubles/LendingMarket.sol";
import {LendingTest} from "./doubles/LendingTest.sol";

/// @title Moonwell MIP-X43: the exchange rate of cbETH taken for its price
/// @notice A vote replaced the feed of cbETH by its rate against ETH and left out the factor ETH/USD: a token of 2,200
/// dollars was worth 1.12. Liquidators took 1,096 cbETH for about a dollar each within minutes. Caps were cut after four
/// minutes; the feed itself could not be changed back for five days. Rebuilt: the same change of the feed, on a lending
/// market with the borrowers' cbETH as one position.
/// @custom:row 16
/// @custom:date 2026-02-15
/// @custom:loss $1.78 million of bad debt; 181 borrowers lost about $2.68 million
/// @custom:cause a feed in another unit (cbETH/ETH for cbETH/USD), active at once and compared with nothing
/// @custom:label stopped
/// @custom:guard OracleHub.proposeFeed: FeedJump, PriceOutOfBand
contract Incident16Test is LendingTest {
    uint256 private constant POSTED = 1096.317e18;
    uint256 private constant OWED = 1_781_116e6;
    uint256 private constant PRICE = 2200e18;

    TestToken private _cbEth;
    TestToken private _usdc;
    TestFeed private _rate;

    /// @notice Without guards the vote passes, 1,116 dollars buy all 1,096.317 cbETH, and 1.78 million are owed by
    /// nobody.
    function test_harm_collateralOf2MillionIsSoldFor1116Dollars() public {
        _open(_unguarded());
        hub.proposeFeed(address(_cbEth), _feed(_rate, PRICE));
        (uint256 repaid, uint256 seized) = _liquidate();
        assertEq(repaid, 1116.250037e6);
        assertEq(seized, POSTED);
        assertEq(market.collateralOf(borrower), 0);
        assertApproxEqAbs(market.debtOf(borrower), 1_780_000e6, 1e6);
    }

    /// @notice The band that governance gives for an asset of 2,200 dollars does not hold 1.12.
    function test_guard_bandRefusesTheRate() public {
        _open(_guarded());
        vm.expectRevert(
            abi.encodeWithSelector(
                IOracleHub.PriceOutOfBand.selector, _cbEth, 1.12e18, PRICE / 10, PRICE * 10
            )
        );
        hub.proposeFeed(address(_cbEth), _feed(_rate, PRICE));
        _stillHealthy();
    }

    /// @notice With a band that was copied from the wrong feed the comparison with the old feed refuses it.
    function test_guard_jumpRefusesTheRate() public {
        _open(_guarded());
        vm.expectRevert(
            abi.encodeWithSelector(IOracleHub.FeedJump.selector, _cbEth, PRICE, 1.12e18, JUMP_BPS)
        );
        hub.proposeFeed(address(_cbEth), _feed(_rate, 1.12e18));
        _stillHealthy();
    }

    function _open(IOracleHub hub_) private {
        vm.warp(1_795_219_200);
        hub = hub_;
        (_cbEth, _usdc) = (new TestToken("cbETH", "cbETH", 18), new TestToken("USDC", "USDC", 6));
        _rate = new TestFeed("cbETH / ETH", 18, 1.12e18);
        hub.proposeFeed(address(_cbEth), _feed(new TestFeed("cbETH / USD", 8, 2200e8), PRICE));
        hub.proposeFeed(address(_usdc), _feed(new TestFeed("USDC / USD", 8, 1e8), 1e18));
        market =
            new LendingMarket(address(hub), _cbEth, _usdc, LendingMarket.Terms(7800, 8100, 1000));
        _borrow(POSTED, OWED);
    }

    /// @dev Nobody is liquidated: the old feed is still the price.
    function _stillHealthy() private {
        assertEq(hub.price(address(_cbEth)), PRICE);
        vm.expectPartialRevert(LendingMarket.Healthy.selector);
        market.liquidate(borrower);
        assertEq(market.collateralOf(borrower), POSTED);
    }
}
