// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {VaultTest} from "./VaultTest.sol";

contract WithdrawTest is VaultTest {
    /// @notice The owner gets exactly what was asked for, for the shares that the preview says.
    function test_paysFromIdle() public {
        _fund();
        uint256 shares = vault.previewWithdraw(50_000e6);
        uint256 held = vault.balanceOf(alice);
        vm.expectEmit(true, true, true, true);
        emit IERC4626.Withdraw(alice, bob, alice, 50_000e6, shares);
        vm.prank(alice);
        assertEq(vault.withdraw(50_000e6, bob, alice), shares);
        assertEq(tokens[USDC].balanceOf(bob), 50_000e6);
        assertEq(vault.balanceOf(alice), held - shares);
        assertEq(vault.balanceOfAsset(USDC), tokens[USDC].balanceOf(address(vault)));
    }

    /// @notice Another may withdraw within the owner's allowance and no further.
    function test_needsAllowance() public {
        _fund();
        uint256 shares = vault.previewWithdraw(10e6);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, bob, 0, shares)
        );
        vm.prank(bob);
        vault.withdraw(10e6, bob, alice);
        vm.prank(alice);
        vault.approve(bob, shares);
        vm.prank(bob);
        vault.withdraw(10e6, bob, alice);
        assertEq(vault.allowance(alice, bob), 0);
    }

    /// @notice What is not idle cannot be withdrawn, and the limit says how much can.
    function test_idleIsTheLimit() public {
        _fund();
        uint256 idle = vault.balanceOfAsset(USDC);
        assertEq(vault.maxWithdraw(alice), idle);
        vm.expectRevert(
            abi.encodeWithSelector(
                ERC4626.ERC4626ExceededMaxWithdraw.selector, alice, idle + 1, idle
            )
        );
        vm.prank(alice);
        vault.withdraw(idle + 1, alice, alice);
        vm.prank(alice);
        vault.withdraw(idle, alice, alice);
        assertEq(vault.balanceOfAsset(USDC), 0);
    }

    /// @notice Nobody withdraws more than the own shares are worth.
    function test_ownSharesAreTheLimit() public {
        _fund();
        _deposit(bob, 100);
        uint256 limit = vault.maxWithdraw(bob);
        assertApproxEqAbs(limit, 100e6, 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                ERC4626.ERC4626ExceededMaxWithdraw.selector, bob, limit + 1, limit
            )
        );
        vm.prank(bob);
        vault.withdraw(limit + 1, bob, bob);
        vm.prank(bob);
        vault.withdraw(limit, bob, bob);
    }

    /// @notice While a price fails its checks the limit is zero and the call says why.
    function test_stalePriceIsRefused() public {
        _fund();
        skip(2 days);
        assertEq(vault.maxWithdraw(alice), 0);
        vm.expectPartialRevert(IOracleHub.PriceStale.selector);
        vm.prank(alice);
        vault.withdraw(1e6, alice, alice);
    }

    /// @notice It works while the vault is behind on parameters: leaving never waits for governance.
    function test_worksWhileBehind() public {
        _fund();
        registry.set(STRATEGY, 7);
        vm.prank(alice);
        vault.withdraw(1e6, alice, alice);
    }

    /// @notice Withdrawing and depositing the same again never leaves more shares.
    function testFuzz_roundTripNeverProfits(uint256 amount, uint256 price) public {
        _fund();
        _setPrice(WETH, bound(price, 500, 50_000));
        amount = bound(amount, 1, vault.maxWithdraw(alice));
        uint256 before = vault.balanceOf(alice);
        vm.startPrank(alice);
        vault.withdraw(amount, alice, alice);
        tokens[USDC].approve(address(vault), amount);
        vault.deposit(amount, alice);
        vm.stopPrank();
        assertLe(vault.balanceOf(alice), before);
    }
}
