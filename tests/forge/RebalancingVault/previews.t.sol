// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {VaultTest} from "./VaultTest.sol";

/// @notice With other assets in the vault, whose value is rounded, each preview says to the unit what its call does.
contract PreviewsTest is VaultTest {
    function setUp() public override {
        super.setUp();
        _fund();
    }

    /// @notice A deposit gives the shares of its preview, at any price of another asset.
    function testFuzz_deposit(uint256 amount, uint256 price) public {
        _setAnyPrice(price);
        amount = bound(amount, 1, 1e15);
        _allow(amount);
        uint256 expected = vault.previewDeposit(amount);
        vm.prank(alice);
        assertEq(vault.deposit(amount, alice), expected);
    }

    /// @notice Minting takes what its preview says.
    function testFuzz_mint(uint256 shares, uint256 price) public {
        _setAnyPrice(price);
        shares = bound(shares, 1, 1e21);
        uint256 expected = vault.previewMint(shares);
        _allow(expected);
        vm.prank(alice);
        assertEq(vault.mint(shares, alice), expected);
    }

    /// @notice A withdrawal burns the shares of its preview.
    function testFuzz_withdraw(uint256 amount, uint256 price) public {
        _setAnyPrice(price);
        amount = bound(amount, 1, vault.maxWithdraw(alice));
        uint256 expected = vault.previewWithdraw(amount);
        vm.prank(alice);
        assertEq(vault.withdraw(amount, alice, alice), expected);
    }

    /// @notice Redeeming pays what its preview says.
    function testFuzz_redeem(uint256 shares, uint256 price) public {
        _setAnyPrice(price);
        shares = bound(shares, 1, vault.maxRedeem(alice));
        uint256 expected = vault.previewRedeem(shares);
        vm.prank(alice);
        assertEq(vault.redeem(shares, alice, alice), expected);
    }

    /// @dev Between 2,000 and 4,000 dollars, in the feed's smallest steps.
    function _setAnyPrice(uint256 price) private {
        feeds[WETH].set(int256(bound(price, 2000e8, 4000e8)));
    }

    function _allow(uint256 amount) private {
        tokens[USDC].mint(alice, amount);
        vm.prank(alice);
        tokens[USDC].approve(address(vault), amount);
    }
}
