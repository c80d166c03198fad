// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {RebalancingVault} from "../../../contracts/RebalancingVault.sol";
import {OddToken} from "../doubles/OddToken.sol";
import {VaultTest} from "./VaultTest.sol";

/// @notice Tokens that take a fee, call back, or have 6, 8 or 18 decimals: handled or refused, never miscounted.
contract OddTokensTest is VaultTest {
    /// @notice With a base asset of 6, 8 or 18 decimals a share begins at a millionth of a unit, is worth what was paid
    /// for it, and pays that back, but for a unit.
    function test_decimalsOfTheBase(uint256 which, uint256 amount) public {
        OddToken base = _openOver(which % 3);
        amount = bound(amount, 1, 1e9 * 10 ** base.decimals());
        base.mint(alice, amount);
        vm.startPrank(alice);
        base.approve(address(vault), amount);
        uint256 shares = vault.deposit(amount, alice);
        assertEq(vault.decimals(), base.decimals() + 6);
        assertEq(shares, amount * 1e6);
        assertEq(vault.totalAssets(), amount);
        assertApproxEqAbs(vault.redeem(vault.maxRedeem(alice), alice, alice), amount, 1);
        vm.stopPrank();
    }

    /// @notice An asset is worth the same dollars whatever the decimals of the base asset: a bitcoin is 60,000 dollars,
    /// 20 ether or itself.
    function test_decimalsOfTheOthers() public {
        uint256[3] memory ofABitcoin = [uint256(60_000e6), 1e8, 20e18];
        for (uint256 i = 0; i < 3; ++i) {
            OddToken base = _openOver(i);
            base.mint(alice, ofABitcoin[i]);
            vm.startPrank(alice);
            base.approve(address(vault), ofABitcoin[i]);
            vault.deposit(ofABitcoin[i], alice);
            vm.stopPrank();
            assertEq(vault.nav(), 60_000e18);
        }
    }

    /// @notice Of an asset that takes a fee, what arrived is counted; a fee above the largest slippage is refused.
    function test_feeOfWhatIsBought() public {
        _fund();
        _setPrice(WETH, 4000);
        tokens[USDC].setFault(OddToken.Fault.TakesFee);
        vm.expectPartialRevert(IRebalancingVault.SlippageTooHigh.selector);
        _rebalance(_trade(WETH, USDC, 10e18));

        IRebalancingVault.Params memory p = _defaults();
        p.maxSlippage = 200;
        _apply(p);
        uint256 before = vault.balanceOfAsset(USDC);
        _rebalance(_trade(WETH, USDC, 10e18));
        uint256 got = vault.balanceOfAsset(USDC) - before;
        assertApproxEqRel(got, 40_000e6 * 99 / 100, 0.001e18);
        assertEq(tokens[USDC].balanceOf(address(vault)), before + got);
    }

    /// @notice A fee on what is paid in kind is the receiver's; the vault's records and the others' parts are whole.
    function test_feeOfWhatIsPaidInKind() public {
        _fund();
        uint256 before = vault.balanceOfAsset(WBTC);
        tokens[WBTC].setFault(OddToken.Fault.TakesFee);
        uint256 shares = vault.balanceOf(alice) / 2;
        vm.prank(alice);
        uint256[] memory amounts = vault.redeemInKind(shares, bob, alice);
        assertEq(tokens[WBTC].balanceOf(bob), amounts[WBTC] - amounts[WBTC] / 100);
        assertEq(vault.balanceOfAsset(WBTC), before - amounts[WBTC]);
        assertEq(tokens[WBTC].balanceOf(address(vault)), vault.balanceOfAsset(WBTC));
        assertEq(tokens[WETH].balanceOf(bob), amounts[WETH]);
    }

    /// @notice A base asset that charges its sender pays nobody: the others' part would bear the fee unrecorded.
    function test_chargeOnWhatIsWithdrawn(bool redeems) public {
        _deposit(alice, 1000);
        uint256 shares = vault.balanceOf(alice) / 2;
        tokens[USDC].setFault(OddToken.Fault.ChargesSender);
        _expectMismatch(USDC);
        vm.prank(alice);
        if (redeems) vault.redeem(shares, alice, alice);
        else vault.withdraw(500e6, alice, alice);
        assertEq(vault.balanceOfAsset(USDC), 1000e6);
        assertEq(tokens[USDC].balanceOf(address(vault)), 1000e6);
    }

    /// @notice Nor does it pay what was set aside, which would be at the depositors' cost: the claim stays.
    function test_chargeOnWhatIsClaimed() public {
        _fund();
        tokens[WETH].setFault(OddToken.Fault.Reverts);
        uint256 shares = vault.balanceOf(alice) / 2;
        vm.prank(alice);
        uint256 due = vault.redeemInKind(shares, bob, alice)[WETH];
        tokens[WETH].setFault(OddToken.Fault.ChargesSender);
        _expectMismatch(WETH);
        vm.prank(bob);
        vault.claim(address(tokens[WETH]), bob);
        assertEq(vault.setAside(address(tokens[WETH]), bob), due);
        assertEq(tokens[WETH].balanceOf(address(vault)), vault.balanceOfAsset(WETH) + due);
    }

    /// @notice Of a token that charges its sender no trade is taken.
    function test_chargeOnWhatIsSold() public {
        _fund();
        _setPrice(WETH, 4000);
        tokens[WETH].setFault(OddToken.Fault.ChargesSender);
        _expectMismatch(WETH);
        _rebalance(_trade(WETH, USDC, 10e18));
    }

    /// @notice In kind it holds up no asset: all are paid in full, its own as well, whose charge is not recorded.
    function test_chargeOnWhatIsPaidInKind() public {
        _fund();
        tokens[WBTC].setFault(OddToken.Fault.ChargesSender);
        uint256 shares = vault.balanceOf(alice) / 2;
        vm.prank(alice);
        uint256[] memory amounts = vault.redeemInKind(shares, bob, alice);
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(tokens[i].balanceOf(bob), amounts[i]);
        }
        uint256 held = tokens[WBTC].balanceOf(address(vault));
        assertEq(held + amounts[WBTC] / 100, vault.balanceOfAsset(WBTC));
        assertEq(tokens[WETH].balanceOf(address(vault)), vault.balanceOfAsset(WETH));
    }

    /// @notice A token that calls back while it is claimed is paid once: nothing is set aside any more by then.
    function test_claimedOnce() public {
        _fund();
        tokens[WETH].setFault(OddToken.Fault.Reverts);
        uint256 shares = vault.balanceOf(alice) / 2;
        vm.prank(alice);
        uint256 due = vault.redeemInKind(shares, address(tokens[WETH]), alice)[WETH];
        tokens[WETH].setCall(
            address(vault), abi.encodeCall(vault.claim, (address(tokens[WETH]), bob))
        );
        vm.prank(address(tokens[WETH]));
        vault.claim(address(tokens[WETH]), bob);
        assertTrue(tokens[WETH].callRefused());
        assertEq(tokens[WETH].balanceOf(bob), due);
    }

    function _expectMismatch(uint256 asset) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IRebalancingVault.TransferMismatch.selector, address(tokens[asset])
            )
        );
    }

    /// @dev A vault whose base asset is `first`, then the others.
    function _openOver(uint256 first) private returns (OddToken base) {
        address[] memory assets = new address[](3);
        for (uint256 i = 0; i < 3; ++i) {
            assets[i] = address(tokens[(first + i) % 3]);
        }
        vault = new RebalancingVault(_setup(assets));
        return tokens[first];
    }
}
