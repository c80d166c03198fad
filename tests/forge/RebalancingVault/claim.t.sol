// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {OddToken} from "../doubles/OddToken.sol";
import {VaultTest} from "./VaultTest.sol";

contract ClaimTest is VaultTest {
    uint256 private _owed;

    function setUp() public override {
        super.setUp();
        _fund();
        tokens[WBTC].setFault(OddToken.Fault.Reverts);
        uint256 half = vault.balanceOf(alice) / 2;
        vm.prank(alice);
        vault.redeemInKind(half, bob, alice);
        _owed = vault.setAside(address(tokens[WBTC]), bob);
        assertGt(_owed, 0);
    }

    /// @notice When the token works again its owner is paid once, wherever it wants.
    function test_paysOnce() public {
        tokens[WBTC].setFault(OddToken.Fault.None);
        vm.expectEmit(true, true, true, true);
        emit IRebalancingVault.Claimed(address(tokens[WBTC]), bob, stranger, _owed);
        vm.prank(bob);
        assertEq(vault.claim(address(tokens[WBTC]), stranger), _owed);
        assertEq(tokens[WBTC].balanceOf(stranger), _owed);
        assertEq(tokens[WBTC].balanceOf(address(vault)), vault.balanceOfAsset(WBTC));
        vm.expectRevert(
            abi.encodeWithSelector(
                IRebalancingVault.NothingSetAside.selector, address(tokens[WBTC]), bob
            )
        );
        vm.prank(bob);
        vault.claim(address(tokens[WBTC]), bob);
    }

    /// @notice Nobody claims what is another's.
    function test_othersGetNothing() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IRebalancingVault.NothingSetAside.selector, address(tokens[WBTC]), stranger
            )
        );
        vm.prank(stranger);
        vault.claim(address(tokens[WBTC]), stranger);
    }

    /// @notice While the token still refuses, the claim stays.
    function test_staysWhileTheTokenRefuses() public {
        vm.expectRevert("frozen");
        vm.prank(bob);
        vault.claim(address(tokens[WBTC]), bob);
        assertEq(vault.setAside(address(tokens[WBTC]), bob), _owed);
    }

    /// @notice Claims of several redemptions add up.
    function test_addsUp() public {
        uint256 rest = vault.balanceOf(alice);
        vm.prank(alice);
        uint256[] memory amounts = vault.redeemInKind(rest, bob, alice);
        assertEq(vault.setAside(address(tokens[WBTC]), bob), _owed + amounts[WBTC]);
    }
}
