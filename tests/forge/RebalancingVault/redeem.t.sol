// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {VaultTest} from "./VaultTest.sol";

contract RedeemTest is VaultTest {
    /// @notice It burns exactly the shares and pays what the preview says.
    function test_paysWhatThePreviewSays() public {
        _fund();
        uint256 shares = 1e17;
        uint256 amount = vault.previewRedeem(shares);
        vm.expectEmit(true, true, true, true);
        emit IERC4626.Withdraw(alice, bob, alice, amount, shares);
        vm.prank(alice);
        assertEq(vault.redeem(shares, bob, alice), amount);
        assertEq(tokens[USDC].balanceOf(bob), amount);
    }

    /// @notice Another needs an allowance of shares.
    function test_needsAllowance() public {
        _fund();
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC20Errors.ERC20InsufficientAllowance.selector, bob, 0, uint256(1e12)
            )
        );
        vm.prank(bob);
        vault.redeem(1e12, bob, alice);
    }

    /// @notice The limit is what the idle part can pay; the rest can leave in kind.
    function test_idleIsTheLimit() public {
        _fund();
        uint256 limit = vault.maxRedeem(alice);
        assertLt(limit, vault.balanceOf(alice));
        assertLe(vault.previewRedeem(limit), vault.balanceOfAsset(USDC));
        vm.expectRevert(
            abi.encodeWithSelector(
                ERC4626.ERC4626ExceededMaxRedeem.selector, alice, limit + 1, limit
            )
        );
        vm.startPrank(alice);
        vault.redeem(limit + 1, alice, alice);
        vault.redeem(limit, alice, alice);
        vault.redeemInKind(vault.balanceOf(alice), alice, alice);
        vm.stopPrank();
        assertEq(vault.totalSupply(), 0);
    }

    /// @notice While a price fails its checks the limit is zero and the call says why.
    function test_stalePriceIsRefused() public {
        _fund();
        skip(2 days);
        assertEq(vault.maxRedeem(alice), 0);
        vm.expectPartialRevert(IOracleHub.PriceStale.selector);
        vm.prank(alice);
        vault.redeem(1e12, alice, alice);
    }

    /// @notice What the limits allow always works, and nothing above them does.
    function testFuzz_limitIsExact(uint256 idle, uint256 held, uint256 price) public {
        _fund();
        _setPrice(WBTC, bound(price, 10_000, 500_000));
        _depositUnits(bob, bound(held, 1, 1e13));
        uint256 leave = bound(idle, 0, vault.maxWithdraw(alice));
        vm.prank(alice);
        vault.withdraw(leave, alice, alice);
        uint256 limit = vault.maxRedeem(bob);
        vm.startPrank(bob);
        vm.expectPartialRevert(ERC4626.ERC4626ExceededMaxRedeem.selector);
        vault.redeem(limit + 1, bob, bob);
        vault.redeem(limit, bob, bob);
        vm.stopPrank();
        assertLe(tokens[USDC].balanceOf(bob), 1e13);
    }

    /// @notice Selling shares and buying again never leaves more of them.
    function testFuzz_roundTripNeverProfits(uint256 shares, uint256 price) public {
        _fund();
        _setPrice(WETH, bound(price, 500, 50_000));
        shares = bound(shares, 1, vault.maxRedeem(alice));
        vm.startPrank(alice);
        uint256 amount = vault.redeem(shares, alice, alice);
        tokens[USDC].approve(address(vault), amount);
        uint256 again = vault.deposit(amount, alice);
        vm.stopPrank();
        assertLe(again, shares);
    }
}
