// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {OracleHub} from "../../../contracts/OracleHub.sol";
import {HubTest} from "./HubTest.sol";

contract RequireSequencerTest is HubTest {
    /// @notice A chain without a sequencer has nothing to wait for.
    function test_withoutASequencer() public {
        OracleHub plain = new OracleHub(address(this), NONE, DELAY, JUMP_BPS);
        plain.requireSequencer(2 hours);
    }

    /// @notice While it is down nothing goes, and after it the grace must pass.
    function test_downAndGrace() public {
        sequencer.set(1);
        vm.expectRevert(IOracleHub.SequencerDown.selector);
        hub.requireSequencer(0);
        sequencer.set(0);
        uint256 upSince = block.timestamp;
        hub.requireSequencer(0);
        skip(1 hours - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IOracleHub.SequencerGrace.selector, upSince, uint256(1 hours))
        );
        hub.requireSequencer(1 hours);
        skip(1);
        hub.requireSequencer(1 hours);
    }

    /// @notice A round that never started says nothing, which is not "up".
    function test_roundThatNeverStarted() public {
        sequencer.setRound(0, 0);
        vm.expectRevert(IOracleHub.SequencerDown.selector);
        hub.requireSequencer(0);
    }

    /// @notice Prices do not depend on it: leaving must not.
    function test_pricesGoOn() public {
        sequencer.set(1);
        assertEq(hub.price(asset), 3000e18);
    }
}
