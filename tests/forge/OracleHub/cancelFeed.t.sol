// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IOracleHub} from "../../../contracts/interfaces/IOracleHub.sol";
import {HubTest} from "./HubTest.sol";

contract CancelFeedTest is HubTest {
    /// @notice Only the governor withdraws.
    function test_strangerIsRefused() public {
        hub.proposeFeed(asset, _single(3010, 8));
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.NotGovernor.selector, stranger));
        vm.prank(stranger);
        hub.cancelFeed(asset);
    }

    /// @notice A withdrawn feed can no longer be activated.
    function test_withdraws() public {
        hub.proposeFeed(asset, _single(3010, 8));
        vm.expectEmit(true, true, true, true);
        emit IOracleHub.FeedProposalCancelled(asset);
        hub.cancelFeed(asset);
        (, uint256 activeFrom) = hub.proposedFeedOf(asset);
        assertEq(activeFrom, 0);
        skip(DELAY);
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.FeedNotProposed.selector, asset));
        hub.activateFeed(asset);
    }

    /// @notice There must be something to withdraw.
    function test_needsAProposal() public {
        vm.expectRevert(abi.encodeWithSelector(IOracleHub.FeedNotProposed.selector, asset));
        hub.cancelFeed(asset);
    }
}
