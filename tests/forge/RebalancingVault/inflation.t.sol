// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {VaultTest} from "./VaultTest.sol";

/// @notice What the first depositor robs: balances that donations move, and no virtual shares.
contract NaiveVault is ERC4626 {
    constructor(IERC20 token) ERC20("Naive", "NAIVE") ERC4626(token) {}

    function _convertToShares(uint256 amount, Math.Rounding rounding)
        internal
        view
        override
        returns (uint256)
    {
        uint256 supply = totalSupply();
        return supply == 0 ? amount : Math.mulDiv(amount, supply, totalAssets(), rounding);
    }

    function _convertToAssets(uint256 shares, Math.Rounding rounding)
        internal
        view
        override
        returns (uint256)
    {
        uint256 supply = totalSupply();
        return supply == 0 ? shares : Math.mulDiv(shares, totalAssets(), supply, rounding);
    }
}

/// @notice The attack on the first depositor, as it is done: one unit in, a donation, and the victim's deposit rounds
/// down to nothing.
contract InflationTest is VaultTest {
    /// @notice The attack works on a vault without the guards, so that this test can fail.
    function test_naiveVaultIsRobbed() public {
        NaiveVault naive = new NaiveVault(tokens[USDC]);
        (int256 attacker, int256 victim) = _attack(naive, 1, 10_000e6 + 1, 10_000e6);
        assertEq(victim, -10_000e6);
        assertEq(attacker, 10_000e6);
    }

    /// @notice The same attack on ours costs the attacker the donation and the victim nothing.
    function test_oursIsNotRobbed() public {
        (int256 attacker, int256 victim) = _attack(vault, 1, 10_000e6 + 1, 10_000e6);
        assertTrue(victim >= -1);
        assertTrue(attacker <= -10_000e6);
    }

    /// @notice No size of seed, donation and victim makes the attack pay, nor costs the victim more than a unit.
    function testFuzz_oursIsNeverRobbed(uint256 seed, uint256 donation, uint256 stake) public {
        seed = bound(seed, 1, 1e12);
        donation = bound(donation, 0, 1e15);
        stake = bound(stake, 1, 1e15);
        (int256 attacker, int256 victim) = _attack(vault, seed, donation, stake);
        assertTrue(victim >= -1);
        assertTrue(attacker <= 0);
    }

    /// @notice Donating the other assets moves the price of a share no more than donating the base asset.
    function testFuzz_otherAssetsDoNotInflate(uint256 donation) public {
        _fund();
        uint256 price = vault.convertToAssets(1e18);
        donation = bound(donation, 1, 1e24);
        tokens[WBTC].mint(address(vault), donation);
        tokens[WETH].mint(address(vault), donation);
        assertEq(vault.convertToAssets(1e18), price);
    }

    /// @notice Rounding cannot be saved up either: a thousand tiny round trips leave the price of a share where it was.
    function test_roundingDoesNotInflate() public {
        _depositUnits(stranger, 1);
        uint256 price = vault.convertToAssets(1e18);
        tokens[USDC].mint(stranger, 1000);
        vm.startPrank(stranger);
        tokens[USDC].approve(address(vault), type(uint256).max);
        for (uint256 i = 0; i < 1000; ++i) {
            vault.redeem(vault.deposit(1, stranger) - 1, stranger, stranger);
        }
        vm.stopPrank();
        // Each trip gives up one unit, which is at most what stays behind.
        assertLe(vault.convertToAssets(1e18), 1001 * price);
        uint256 shares = _depositUnits(bob, 1000e6);
        assertGe(vault.previewRedeem(shares), 1000e6 - 1);
    }

    function _attack(IERC4626 target, uint256 seed, uint256 donation, uint256 stake)
        private
        returns (int256 attacker, int256 victim)
    {
        tokens[USDC].mint(stranger, seed + donation);
        tokens[USDC].mint(bob, stake);
        vm.startPrank(stranger);
        tokens[USDC].approve(address(target), seed);
        target.deposit(seed, stranger);
        tokens[USDC].transfer(address(target), donation);
        vm.stopPrank();
        vm.startPrank(bob);
        tokens[USDC].approve(address(target), stake);
        target.deposit(stake, bob);
        vm.stopPrank();
        _leave(target, stranger);
        _leave(target, bob);
        attacker = int256(tokens[USDC].balanceOf(stranger)) - int256(seed + donation);
        victim = int256(tokens[USDC].balanceOf(bob)) - int256(stake);
    }

    function _leave(IERC4626 target, address who) private {
        uint256 shares = target.balanceOf(who);
        vm.prank(who);
        target.redeem(shares, who, who);
    }
}
