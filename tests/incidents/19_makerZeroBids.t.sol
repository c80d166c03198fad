// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRebalancingVault} from "../../contracts/interfaces/IRebalancingVault.sol";
import {IVenue} from "../../contracts/interfaces/IVenue.sol";
import {PortfolioTest} from "./PortfolioTest.sol";
import {AuctionVenue} from "./doubles/AuctionVenue.sol";
import {UnguardedVault} from "./doubles/UnguardedVault.sol";

/// @title Maker, Black Thursday: auctions won with a bid of nothing
/// @notice Ether fell by half in a day, and blocks were so full that the keepers' bids came through late or not at all.
/// Auctions closed ten minutes after the last bid and had no floor: who bid zero and paid for his gas won. Rebuilt: a
/// vault sells 64,000 ether of 130 dollars, a tenth of it, in such an auction; the honest bid comes an hour late.
/// @custom:row 19
/// @custom:date 2020-03-12
/// @custom:loss $8.32 million of ether sold for nothing; 5.67 million DAI of debt without collateral
/// @custom:cause auctions too short for a full chain, without a lowest price
/// @custom:label limited
/// @custom:guard RebalancingVault.rebalance: SlippageTooHigh, BaseFeeTooHigh
/// @custom:left $41,600: a lone bidder may still take maxSlippage, 0.5 % of what is sold. And a floor brings no bidders: what is refused is not sold, and the vault keeps its risk
contract Incident19Test is PortfolioTest {
    uint256 private constant SOLD = 64_000e18;
    uint256 private constant VALUE = 8_320_000e18;
    uint256 private constant PORTFOLIO = 83_200_000;
    uint256 private constant ETHER_PRICE = 130;

    address private _bidder = makeAddr("bidder");
    UnguardedVault private _treasury;
    AuctionVenue private _auction;

    function setUp() public override {
        super.setUp();
        _setPrice(WETH, ETHER_PRICE);
        uint16[] memory weights = new uint16[](3);
        (weights[USDC], weights[WBTC], weights[WETH]) = (2000, 3500, 4500);
        _treasury = _openPortfolio(_realHub(), weights, PORTFOLIO);
        IRebalancingVault.Params memory p = vault.params();
        (p.targetWeight[USDC], p.targetWeight[WETH]) = (3000, 3500);
        _apply(p);
        _later(p.weightRamp);
        tokens[USDC].mint(_bidder, PORTFOLIO * 1e6);
    }

    /// @notice Without a floor, the only bid in time buys 64,000 ether, 8.32 million dollars, for nothing.
    function test_harm_64000EtherAreSoldForNothing() public {
        uint256 before = vault.nav();
        _auctionWithBid(0);
        _treasury.rebalanceUnguarded(_sale());
        assertEq(tokens[WETH].balanceOf(_bidder), SOLD);
        assertEq(tokens[USDC].balanceOf(_bidder), PORTFOLIO * 1e6);
        assertEq(before - vault.nav(), VALUE);
    }

    /// @notice The vault holds the bid against the oracle's price: for nothing it sells nothing.
    function test_guard_bidOfNothingIsRefused() public {
        _auctionWithBid(0);
        vm.expectRevert(
            abi.encodeWithSelector(IRebalancingVault.SlippageTooHigh.selector, 0, 10_000, 50)
        );
        vault.rebalance(_sale());
        assertEq(tokens[WETH].balanceOf(_bidder), 0);
    }

    /// @notice On a full chain the vault does not trade at all: nobody could bid against a low bid.
    function test_guard_fullChainIsNoTimeToSell() public {
        _auctionWithBid(ETHER_PRICE * 1e6);
        vm.fee(200 gwei);
        vm.expectRevert(
            abi.encodeWithSelector(IRebalancingVault.BaseFeeTooHigh.selector, 200 gwei, 150 gwei)
        );
        vault.rebalance(_sale());
        vm.fee(150 gwei);
        vault.rebalance(_sale());
    }

    /// @notice What is left: a bid that is not quite half a percent low wins, and takes 41,600 dollars; one unit less is
    /// refused.
    function test_guard_loneBidderTakesHalfAPercent() public {
        uint256 before = vault.nav();
        uint256 lowest = ETHER_PRICE * 1e6 * 9950 / 10_000;
        _auctionWithBid(lowest - 1);
        vm.expectPartialRevert(IRebalancingVault.SlippageTooHigh.selector);
        vault.rebalance(_sale());
        _auctionWithBid(lowest);
        vault.rebalance(_sale());
        assertEq(before - vault.nav(), 41_600e18);
    }

    /// @dev An auction with one bid, and one that comes an hour later.
    function _auctionWithBid(uint256 price) private {
        _auction = new AuctionVenue(tokens[USDC], 10 minutes);
        vault.setVenue(_auction, true);
        vm.startPrank(_bidder);
        tokens[USDC].approve(address(_auction), type(uint256).max);
        _auction.place(price);
        vm.stopPrank();
        _later(1 hours);
        vm.expectPartialRevert(AuctionVenue.Closed.selector);
        _auction.place(ETHER_PRICE * 1e6);
    }

    function _sale() private view returns (IRebalancingVault.Trade[] memory trades) {
        trades = new IRebalancingVault.Trade[](1);
        trades[0] = _trade(WETH, USDC, SOLD);
        trades[0].venue = IVenue(address(_auction));
    }
}
