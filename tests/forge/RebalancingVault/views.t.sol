// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {RebalancingVault} from "../../../contracts/RebalancingVault.sol";
import {VaultTest} from "./VaultTest.sol";

contract ViewsTest is VaultTest {
    /// @notice The value is the sum of amounts times prices, whatever the tokens' decimals.
    function test_navAndWeightsByHand() public {
        _fund();
        uint256 usdc = vault.balanceOfAsset(USDC) * 1e12;
        uint256 wbtc = vault.balanceOfAsset(WBTC) * 1e10 * 60_000;
        uint256 weth = vault.balanceOfAsset(WETH) * 3000;
        uint256 nav = vault.nav();
        assertEq(nav, usdc + wbtc + weth);
        assertEq(vault.totalAssets(), nav / 1e12);
        uint256[] memory weights = vault.weights();
        assertEq(weights[0], usdc * 1e18 / nav);
        assertEq(weights[1], wbtc * 1e18 / nav);
        assertEq(weights[2], weth * 1e18 / nav);
    }

    /// @notice The drift is the largest distance of one weight from its target.
    function test_driftByHand() public {
        _fund();
        _setPrice(WETH, 4000);
        uint256[] memory weights = vault.weights();
        assertEq(vault.drift(), weights[WETH] - 0.45e18);
        _setPrice(WETH, 2000);
        weights = vault.weights();
        assertEq(vault.drift(), 0.45e18 - weights[WETH]);
    }

    /// @notice The base asset's own price counts: a base that loses its peg makes the rest worth more of it.
    function test_baseAssetMayLeaveItsPeg() public {
        _fund();
        uint256 others = vault.totalAssets() - vault.balanceOfAsset(USDC);
        feeds[USDC].set(0.5e8);
        assertApproxEqAbs(vault.totalAssets() - vault.balanceOfAsset(USDC), 2 * others, 2);
    }

    /// @notice An empty vault has no value, no weights and the whole drift of its largest target.
    function test_emptyVault() public {
        _apply(_defaults());
        assertEq(vault.nav(), 0);
        assertEq(vault.weights()[0], 0);
        assertEq(vault.drift(), 0.45e18);
        assertEq(vault.maxWithdraw(alice), 0);
        assertEq(vault.maxDeposit(alice), type(uint256).max);
        assertEq(vault.convertToShares(1), 1e6);
        assertEq(vault.slippageUsed(), 0);
    }

    /// @notice Before its first version the vault reads prices within the feeds' own limits.
    function test_beforeTheFirstVersion() public {
        _deposit(alice, 100);
        assertEq(vault.nav(), 100e18);
        skip(2 days);
        assertEq(vault.nav(), 100e18);
        skip(1);
        vm.expectPartialRevert(IOracleHub.PriceStale.selector);
        vault.nav();
        assertEq(vault.totalAssets(), 100e6);
    }

    /// @notice Where a price is missing, the limits are zero and what needs it reverts; nothing returns a wrong number.
    function test_withoutAPrice() public {
        _fund();
        hub.retireFeed(address(tokens[WETH]));
        assertEq(vault.maxDeposit(alice), 0);
        assertEq(vault.maxMint(alice), 0);
        assertEq(vault.maxWithdraw(alice), 0);
        assertEq(vault.maxRedeem(alice), 0);
        bytes memory reason =
            abi.encodeWithSelector(IOracleHub.FeedUnknown.selector, address(tokens[WETH]));
        vm.expectRevert(reason);
        vault.totalAssets();
        vm.expectRevert(reason);
        vault.convertToShares(1e6);
        vm.expectRevert(reason);
        vault.previewRedeem(1e12);
        vm.expectRevert(reason);
        vault.weights();
        vm.expectRevert(reason);
        vault.drift();
    }

    /// @notice A vault of one asset needs no oracle at all and trades nothing.
    function test_oneAsset() public {
        address[] memory one = new address[](1);
        one[0] = address(tokens[WETH]);
        vault = new RebalancingVault(_setup(one));
        hub.retireFeed(address(tokens[WETH]));
        tokens[WETH].mint(alice, 5e18);
        vm.startPrank(alice);
        tokens[WETH].approve(address(vault), 5e18);
        vault.deposit(5e18, alice);
        assertEq(vault.totalAssets(), 5e18);
        assertEq(vault.maxWithdraw(alice), 5e18);
        vault.redeem(vault.balanceOf(alice), alice, alice);
        vm.stopPrank();
        assertEq(tokens[WETH].balanceOf(alice), 5e18);
        assertEq(vault.targetWeightsNow()[0], WHOLE);
    }

    /// @notice A vault of eight assets prices them all.
    function test_eightAssets() public {
        while (tokens.length < 8) {
            _list("MORE", uint8(tokens.length), 10);
        }
        vault = _newVault(8);
        _deposit(alice, 100);
        assertEq(vault.nav(), 100e18);
        assertEq(vault.weights().length, 8);
        assertEq(vault.assets()[7], address(tokens[7]));
    }

    /// @notice Roles and interfaces are found by who asks for them as ERC-165 says.
    function test_supportsAccessControl() public view {
        assertTrue(vault.supportsInterface(0x7965db0b));
        assertFalse(vault.supportsInterface(0xffffffff));
    }
}
