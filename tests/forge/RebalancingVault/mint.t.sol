// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {VaultTest} from "./VaultTest.sol";

contract MintTest is VaultTest {
    /// @notice Anyone may, for anyone, with tokens of his own.
    function test_anyoneForAnyone(address caller, address receiver) public {
        vm.assume(caller != address(0) && receiver != address(0) && caller != address(vault));
        uint256 cost = vault.previewMint(1e12);
        uint256 before = tokens[USDC].balanceOf(caller);
        tokens[USDC].mint(caller, cost);
        vm.startPrank(caller);
        tokens[USDC].approve(address(vault), cost);
        vault.mint(1e12, receiver);
        vm.stopPrank();
        assertEq(vault.balanceOf(receiver), 1e12);
        assertEq(tokens[USDC].balanceOf(caller), before);
    }

    /// @notice It takes what the preview says, rounded up, and gives exactly the shares asked for.
    function test_takesWhatThePreviewSays() public {
        _fund();
        uint256 shares = 123_456_789_012_345;
        uint256 cost = vault.previewMint(shares);
        tokens[USDC].mint(bob, cost);
        vm.startPrank(bob);
        tokens[USDC].approve(address(vault), cost);
        vm.expectEmit(true, true, true, true);
        emit IERC4626.Deposit(bob, bob, cost, shares);
        assertEq(vault.mint(shares, bob), cost);
        vm.stopPrank();
        assertEq(vault.balanceOf(bob), shares);
        assertEq(tokens[USDC].balanceOf(bob), 0);
        assertLe(vault.previewRedeem(shares), cost);
    }

    /// @notice One share costs one unit: nobody mints for nothing.
    function test_oneShareIsNotFree() public {
        _fund();
        assertEq(vault.previewMint(1), 1);
    }

    /// @notice A stale price of an asset that is held stops it.
    function test_stalePriceIsRefused() public {
        _fund();
        skip(2 days);
        vm.expectPartialRevert(IOracleHub.PriceStale.selector);
        vault.mint(1e12, bob);
        assertEq(vault.maxMint(bob), 0);
    }

    /// @notice Minting costs never less than depositing what the shares are worth would give.
    function testFuzz_neverCheaperThanDepositing(uint256 shares, uint256 price) public {
        _fund();
        _setPrice(WBTC, bound(price, 5000, 1_000_000));
        shares = bound(shares, 1, 1e21);
        assertGe(vault.previewMint(shares), vault.convertToAssets(shares));
        assertGe(vault.previewDeposit(vault.previewMint(shares)), shares);
    }
}
