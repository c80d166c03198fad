// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

import {DpoGovernor} from "../../contracts/governance/DpoGovernor.sol";
import {DpoToken} from "../../contracts/governance/DpoToken.sol";
import {Test} from "../forge/Test.sol";

/// @notice A DAO whose votes take seven days from proposal to execution, as Compound's did: two of delay, three of voting,
/// two in the timelock.
abstract contract Governed is Test {
    uint256 internal constant VOTE_TAKES = 7 days;
    uint256 private constant LOCK = 2 days;

    address internal voter = makeAddr("voter");
    DpoGovernor internal dao;
    TimelockController internal timelock;

    function _foundDao() internal {
        DpoToken token = new DpoToken(voter, 1_000_000e18);
        address[] memory anyone = new address[](1);
        timelock = new TimelockController(LOCK, new address[](0), anyone, address(this));
        dao = new DpoGovernor(
            token,
            timelock,
            DpoGovernor.Rules({
                votingDelay: 2 days,
                votingPeriod: 3 days,
                proposalThreshold: 1000e18,
                quorumPercent: 4,
                lateQuorumExtension: 1 days,
                guardian: makeAddr("guardian of the dao")
            })
        );
        timelock.grantRole(timelock.PROPOSER_ROLE(), address(dao));
        timelock.grantRole(timelock.CANCELLER_ROLE(), address(dao));
        timelock.renounceRole(timelock.DEFAULT_ADMIN_ROLE(), address(this));
        vm.prank(voter);
        token.delegate(voter);
        skip(1);
    }

    /// @notice One proposal of one action, brought to where `dao.execute` may run it: seven days and two seconds later.
    function _passed(address target, bytes memory call, string memory title)
        internal
        returns (uint256)
    {
        (address[] memory targets, bytes[] memory calls) = (new address[](1), new bytes[](1));
        (targets[0], calls[0]) = (target, call);
        return _passed(targets, calls, title);
    }

    /// @notice The same for a proposal of several actions.
    function _passed(address[] memory targets, bytes[] memory calls, string memory title)
        internal
        returns (uint256 id)
    {
        vm.prank(voter);
        id = dao.propose(targets, new uint256[](targets.length), calls, title);
        skip(2 days + 1);
        vm.prank(voter);
        dao.castVote(id, 1);
        skip(3 days);
        dao.queue(id);
        skip(LOCK + 1);
    }
}
