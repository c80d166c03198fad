// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

import {IRebalancingVault} from "../../../contracts/interfaces/IRebalancingVault.sol";
import {IVenue} from "../../../contracts/interfaces/IVenue.sol";
import {VaultTest} from "./VaultTest.sol";

contract SetVenueTest is VaultTest {
    /// @notice Only a curator allows a venue.
    function test_strangerIsRefused() public {
        bytes32 role = vault.CURATOR_ROLE();
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControl.AccessControlUnauthorizedAccount.selector, stranger, role
            )
        );
        vm.prank(stranger);
        vault.setVenue(venue, false);
    }

    /// @notice A venue is allowed and forbidden again, and each is told.
    function test_allowsAndForbids() public {
        IVenue other = _newVenue();
        vm.expectEmit(true, true, true, true);
        emit IRebalancingVault.VenueSet(address(other), true);
        vault.setVenue(other, true);
        assertTrue(vault.isVenue(address(other)));
        vault.setVenue(other, false);
        assertFalse(vault.isVenue(address(other)));
    }

    /// @notice What is so already is refused, allowed or not.
    function test_noOpIsRefused() public {
        _expectUnchanged(venue, true);
        _expectUnchanged(IVenue(makeAddr("nobody")), false);
    }

    /// @notice Only a contract is allowed; one whose code is gone can still be forbidden.
    function test_allowsContractsOnly() public {
        address nobody = makeAddr("nobody");
        vm.expectRevert(abi.encodeWithSelector(IRebalancingVault.VenueNotContract.selector, nobody));
        vault.setVenue(IVenue(nobody), true);
        vm.etch(address(venue), "");
        vault.setVenue(venue, false);
        assertFalse(vault.isVenue(address(venue)));
    }

    function _expectUnchanged(IVenue one, bool allowed) private {
        vm.expectRevert(
            abi.encodeWithSelector(IRebalancingVault.VenueUnchanged.selector, address(one), allowed)
        );
        vault.setVenue(one, allowed);
    }
}
