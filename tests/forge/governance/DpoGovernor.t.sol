// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

import {DpoGovernor} from "../../../contracts/governance/DpoGovernor.sol";
import {DpoToken} from "../../../contracts/governance/DpoToken.sol";
import {Test} from "../Test.sol";

/// @notice What the composition promises; each module's own behaviour is tested by OpenZeppelin.
contract DpoGovernorTest is Test {
    uint256 private constant DELAY = 1 days;
    uint256 private constant PERIOD = 5 days;
    uint256 private constant EXTENSION = 2 days;
    uint256 private constant LOCK = 2 days;

    address private _voter = makeAddr("voter");
    address private _minor = makeAddr("minor");
    address private _guardian = makeAddr("guardian");
    DpoToken private _token;
    TimelockController private _timelock;
    DpoGovernor private _governor;
    uint256 public executed;

    function setUp() public {
        vm.warp(1_795_219_200);
        _token = new DpoToken(_voter, 1_000_000e18);
        address[] memory none = new address[](0);
        address[] memory anyone = new address[](1);
        _timelock = new TimelockController(LOCK, none, anyone, address(this));
        _governor = new DpoGovernor(_token, _timelock, _rules());
        _timelock.grantRole(_timelock.PROPOSER_ROLE(), address(_governor));
        _timelock.grantRole(_timelock.CANCELLER_ROLE(), address(_governor));
        _timelock.renounceRole(_timelock.DEFAULT_ADMIN_ROLE(), address(this));
        vm.startPrank(_voter);
        _token.transfer(_minor, 500e18);
        _token.delegate(_voter);
        vm.stopPrank();
        vm.prank(_minor);
        _token.delegate(_minor);
        skip(1);
    }

    /// @notice What a proposal asks for.
    function run() external {
        require(msg.sender == address(_timelock), "not the timelock");
        ++executed;
    }

    /// @notice Propose, vote, queue, execute: only the timelock acts, and only after its delay.
    function test_wholeLife() public {
        uint256 id = _propose();
        _state(id, IGovernor.ProposalState.Pending);
        skip(DELAY + 1);
        _vote(id);
        skip(PERIOD);
        _state(id, IGovernor.ProposalState.Succeeded);
        assertTrue(_governor.proposalNeedsQueuing(id));
        _governor.queue(id);
        _state(id, IGovernor.ProposalState.Queued);
        vm.expectRevert();
        _governor.execute(id);
        skip(LOCK);
        _governor.execute(id);
        assertEq(executed, 1);
        _state(id, IGovernor.ProposalState.Executed);
    }

    /// @notice A proposal can be read back from the chain whole.
    function test_storesItsProposals() public {
        uint256 id = _propose();
        (address[] memory targets,, bytes[] memory calls, bytes32 descriptionHash) =
            _governor.proposalDetails(id);
        assertEq(targets[0], address(this));
        assertEq(calls[0], abi.encodeCall(this.run, ()));
        assertEq(descriptionHash, keccak256("# Run"));
        assertEq(_governor.proposalCount(), 1);
    }

    /// @notice The rules are those that were given, counted in seconds.
    function test_keepsItsRules() public view {
        assertEq(_governor.votingDelay(), DELAY);
        assertEq(_governor.votingPeriod(), PERIOD);
        assertEq(_governor.proposalThreshold(), 1000e18);
        assertEq(_governor.lateQuorumVoteExtension(), EXTENSION);
        assertEq(_governor.proposalGuardian(), _guardian);
        assertEq(_governor.timelock(), address(_timelock));
        assertEq(_governor.quorum(block.timestamp - 1), 40_000e18);
        assertEq(_governor.clock(), block.timestamp);
        assertEq(_governor.CLOCK_MODE(), "mode=timestamp");
    }

    /// @notice The contract fits the chain's limit.
    function test_sizeLimit() public view {
        assertLe(address(_governor).code.length, 24_576);
    }

    /// @notice Who has too few votes proposes nothing.
    function test_thresholdHolds() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = _action();
        vm.expectPartialRevert(IGovernor.GovernorInsufficientProposerVotes.selector);
        vm.prank(_minor);
        _governor.propose(targets, values, calls, "# Run");
    }

    /// @notice A quorum reached late leaves time to answer.
    function test_lateQuorumExtendsTheVote() public {
        uint256 id = _propose();
        uint256 deadline = _governor.proposalDeadline(id);
        skip(DELAY + PERIOD);
        _vote(id);
        assertEq(_governor.proposalDeadline(id), block.timestamp + EXTENSION);
        assertGt(_governor.proposalDeadline(id), deadline);
        _state(id, IGovernor.ProposalState.Active);
    }

    /// @notice An extension longer than the vote is refused from the start.
    function test_extensionIsAtMostThePeriod() public {
        DpoGovernor.Rules memory rules = _rules();
        rules.lateQuorumExtension = uint48(PERIOD + 1);
        vm.expectRevert();
        new DpoGovernor(_token, _timelock, rules);
    }

    /// @notice The guardian cancels at any time, also what is queued, and nobody else does.
    function test_guardianCancels() public {
        uint256 id = _propose();
        skip(DELAY + 1);
        _vote(id);
        skip(PERIOD);
        _governor.queue(id);
        vm.expectPartialRevert(IGovernor.GovernorUnableToCancel.selector);
        vm.prank(_voter);
        _governor.cancel(id);
        vm.prank(_guardian);
        _governor.cancel(id);
        _state(id, IGovernor.ProposalState.Canceled);
        skip(LOCK);
        vm.expectRevert();
        _governor.execute(id);
    }

    /// @notice A guardian whose key is stolen cannot stop the vote that replaces it, and is nobody afterwards.
    function test_guardianCannotCancelItsReplacement() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = _replacement(1);
        vm.prank(_voter);
        uint256 id = _governor.propose(targets, values, calls, "# Another guardian");
        _cannotCancel(id);
        skip(DELAY + 1);
        _vote(id);
        _cannotCancel(id);
        skip(PERIOD);
        _governor.queue(id);
        _cannotCancel(id);
        skip(LOCK);
        _governor.execute(id);
        assertEq(_governor.proposalGuardian(), _minor);
        uint256 other = _propose();
        _cannotCancel(other);
    }

    /// @notice Nothing may hide behind a replacement: with a second action the guardian cancels it.
    function test_guardianCancelsWhatRidesAlong() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = _replacement(2);
        targets[1] = address(this);
        calls[1] = abi.encodeCall(this.run, ());
        vm.prank(_voter);
        uint256 id = _governor.propose(targets, values, calls, "# Two things");
        vm.prank(_guardian);
        _governor.cancel(id);
        _state(id, IGovernor.ProposalState.Canceled);
    }

    /// @notice The same call to another contract is no replacement, and an action may have no calldata.
    function test_guardianCancelsWhatOnlyLooksAlike() public {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = _replacement(1);
        targets[0] = address(this);
        vm.prank(_voter);
        uint256 id = _governor.propose(targets, values, calls, "# Elsewhere");
        vm.prank(_guardian);
        _governor.cancel(id);
        (targets[0], calls[0]) = (address(_governor), "");
        vm.prank(_voter);
        id = _governor.propose(targets, values, calls, "# Empty");
        vm.prank(_guardian);
        _governor.cancel(id);
        _state(id, IGovernor.ProposalState.Canceled);
    }

    /// @notice Votes are those of the snapshot: what is bought or borrowed after it counts nothing (Beanstalk, 2022).
    function test_borrowedVotesCountNothing() public {
        uint256 id = _propose();
        skip(DELAY + 1);
        address late = makeAddr("late");
        vm.prank(_voter);
        _token.transfer(late, 900_000e18);
        vm.prank(late);
        _token.delegate(late);
        skip(1);
        vm.prank(late);
        assertEq(_governor.castVote(id, 1), 0);
    }

    function _rules() private view returns (DpoGovernor.Rules memory) {
        return DpoGovernor.Rules({
            votingDelay: uint48(DELAY),
            votingPeriod: uint32(PERIOD),
            proposalThreshold: 1000e18,
            quorumPercent: 4,
            lateQuorumExtension: uint48(EXTENSION),
            guardian: _guardian
        });
    }

    function _action()
        private
        view
        returns (address[] memory targets, uint256[] memory values, bytes[] memory calls)
    {
        (targets, values, calls) = (new address[](1), new uint256[](1), new bytes[](1));
        targets[0] = address(this);
        calls[0] = abi.encodeCall(this.run, ());
    }

    function _replacement(uint256 actions)
        private
        view
        returns (address[] memory targets, uint256[] memory values, bytes[] memory calls)
    {
        targets = new address[](actions);
        values = new uint256[](actions);
        calls = new bytes[](actions);
        targets[0] = address(_governor);
        calls[0] = abi.encodeCall(_governor.setProposalGuardian, (_minor));
    }

    function _cannotCancel(uint256 id) private {
        vm.expectPartialRevert(IGovernor.GovernorUnableToCancel.selector);
        vm.prank(_guardian);
        _governor.cancel(id);
    }

    function _propose() private returns (uint256) {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = _action();
        vm.prank(_voter);
        return _governor.propose(targets, values, calls, "# Run");
    }

    function _vote(uint256 id) private {
        vm.prank(_voter);
        _governor.castVote(id, 1);
    }

    function _state(uint256 id, IGovernor.ProposalState expected) private view {
        assertEq(uint256(_governor.state(id)), uint256(expected));
    }
}
