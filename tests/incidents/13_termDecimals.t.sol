// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../contracts/interfaces/IOracleHub.sol";
import {TestFeed} from "../../contracts/mocks/TestFeed.sol";
import {TestToken} from "../../contracts/mocks/TestToken.sol";
import {LendingMarket} from "./doubles/LendingMarket.sol";
import {LendingTest} from "./doubles/LendingTest.sol";

/// @title Term tETH: a new oracle with other decimals
/// @notice An update of the oracle of tETH mixed up decimals, and 918 ETH of collateral were liquidated for next to
/// nothing. Rebuilt: the new feed answers in 8 decimals and says 18. A tETH is taken as one ETH of 1,800 dollars. The
/// mistake is tried at each time at which it can be made: in the proposal, between the two stages, and after them.
/// @custom:row 13
/// @custom:date 2025-04-26
/// @custom:loss 918 ETH liquidated, 556 recovered at first; 164.5 ETH lost in the end
/// @custom:cause a feed in other decimals than its reader assumed, active at once and compared with nothing
/// @custom:label stopped
/// @custom:guard OracleHub.proposeFeed: PriceOutOfBand, FeedJump; activateFeed, price: PriceOutOfBand
contract Incident13Test is LendingTest {
    uint256 private constant POSTED = 918e18;
    uint256 private constant OWED = 700e18;
    uint256 private constant PRICE = 1800e18;
    /// @dev 1,800 dollars in 8 decimals, read as 18.
    uint256 private constant WRONG = 1800e8;

    TestToken private _tEth;
    TestToken private _weth;
    TestFeed private _next;

    /// @notice Without guards 918 tETH go for a ten-billionth of their value.
    function test_harm_918EthAreSoldForNothing() public {
        _open(_unguarded());
        _mixUp();
        hub.proposeFeed(address(_tEth), _feed(_next, PRICE));
        (uint256 repaid, uint256 seized) = _liquidate();
        assertEq(seized, POSTED);
        assertApproxEqRel(repaid * 1e10, POSTED * 10_000 / 10_500, 0.000001e18);
    }

    /// @notice The proposal is refused by the asset's band and, if the band was wrong as well, by the old feed.
    function test_guard_proposalIsRefused() public {
        _open(_guarded());
        _mixUp();
        vm.expectRevert(_outOfBand());
        hub.proposeFeed(address(_tEth), _feed(_next, PRICE));
        vm.expectRevert(
            abi.encodeWithSelector(IOracleHub.FeedJump.selector, _tEth, PRICE, WRONG, JUMP_BPS)
        );
        hub.proposeFeed(address(_tEth), _feed(_next, WRONG));
        _stillHealthy();
    }

    /// @notice A feed that was right when it was proposed, and upgraded while it waited, is not activated.
    function test_guard_activationIsRefused() public {
        _open(_guarded());
        hub.proposeFeed(address(_tEth), _feed(_next, PRICE));
        skip(DELAY);
        _mixUp();
        vm.expectRevert(_outOfBand());
        hub.activateFeed(address(_tEth));
        _stillHealthy();
    }

    /// @notice A feed that changes its decimals when it counts already has no price: nobody is liquidated at it.
    function test_guard_activeFeedHasNoPrice() public {
        _open(_guarded());
        hub.proposeFeed(address(_tEth), _feed(_next, PRICE));
        skip(DELAY);
        hub.activateFeed(address(_tEth));
        _mixUp();
        vm.expectRevert(_outOfBand());
        market.liquidate(borrower);
        assertEq(market.collateralOf(borrower), POSTED);
    }

    function _open(IOracleHub hub_) private {
        vm.warp(1_795_219_200);
        hub = hub_;
        (_tEth, _weth) = (new TestToken("tETH", "tETH", 18), new TestToken("WETH", "WETH", 18));
        _next = new TestFeed("tETH / USD, new", 8, 1800e8);
        hub.proposeFeed(address(_tEth), _feed(new TestFeed("tETH / USD", 18, 1800e18), PRICE));
        hub.proposeFeed(address(_weth), _feed(new TestFeed("ETH / USD", 8, 1800e8), PRICE));
        market = new LendingMarket(address(hub), _tEth, _weth, LendingMarket.Terms(8000, 8500, 500));
        _borrow(POSTED, OWED);
    }

    function _mixUp() private {
        _next.setDecimals(18);
    }

    function _outOfBand() private view returns (bytes memory) {
        return abi.encodeWithSelector(
            IOracleHub.PriceOutOfBand.selector, _tEth, WRONG, PRICE / 10, PRICE * 10
        );
    }

    /// @dev Nobody is liquidated: the old feed is still the price.
    function _stillHealthy() private {
        assertEq(hub.price(address(_tEth)), PRICE);
        vm.expectPartialRevert(LendingMarket.Healthy.selector);
        market.liquidate(borrower);
    }
}
