// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {HubTest} from "./HubTest.sol";

contract ConstructorTest is HubTest {
    /// @notice What was given stays readable and never changes.
    function test_keepsItsSetup() public view {
        assertEq(hub.governor(), address(this));
        assertEq(address(hub.sequencerFeed()), address(sequencer));
        assertEq(hub.feedDelay(), DELAY);
        assertEq(hub.maxJumpBps(), JUMP_BPS);
    }
}
