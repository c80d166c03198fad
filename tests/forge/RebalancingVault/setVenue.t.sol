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
        IVenue other = IVenue(makeAddr("venue"));
        vm.expectEmit(true, true, true, true);
        emit IRebalancingVault.VenueSet(address(other), true);
        vault.setVenue(other, true);
        assertTrue(vault.isVenue(address(other)));
        vault.setVenue(other, false);
        assertFalse(vault.isVenue(address(other)));
    }
}
