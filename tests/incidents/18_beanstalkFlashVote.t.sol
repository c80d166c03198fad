// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

import {DpoToken} from "../../contracts/governance/DpoToken.sol";
import {TestToken} from "../../contracts/mocks/TestToken.sol";
import {Governed} from "./Governed.sol";
import {EmergencyGovernor, FlashLender} from "./doubles/EmergencyGovernor.sol";

/// @title Beanstalk: a vote with borrowed tokens, counted and carried out in one transaction
/// @notice Somebody proposed to give himself the treasury, waited a day, borrowed more than two thirds of the votes for
/// one transaction, and had the proposal carried out in it. Rebuilt: the same proposal and loan, to a governor that counts
/// the votes of the moment and to ours. The test is the attacker; he owns a thousandth of the votes.
/// @custom:row 18
/// @custom:date 2022-04-17
/// @custom:loss $182 million, of which the attacker kept about $76 million
/// @custom:cause votes counted at the moment of voting, and a path to execution without delay
/// @custom:label stopped
/// @custom:guard DpoToken, DpoGovernor: votes of the snapshot; voting period and timelock on every path; the guardian cancels
/// @custom:left who really owns most votes wins in seven days, unless the guardian cancels
contract Incident18Test is Governed {
    uint256 private constant TREASURY = 182_000_000e18;
    uint256 private constant LOAN = 700_000e18;
    uint256 private constant OWN = 1000e18;

    TestToken private _dollars = new TestToken("Beans", "BEAN", 18);
    FlashLender private _lender = new FlashLender();
    DpoToken private _token;
    EmergencyGovernor private _careless;
    uint256 private _id;

    function setUp() public {
        vm.warp(1_795_219_200);
        _foundDao();
        _token = DpoToken(address(dao.token()));
        vm.startPrank(voter);
        _token.transfer(address(_lender), LOAN);
        _token.transfer(address(this), OWN);
        vm.stopPrank();
        _token.delegate(address(this));
        skip(1);
        _careless = new EmergencyGovernor(_token);
    }

    /// @notice Counted at the moment of voting, borrowed votes take 182 million dollars in one transaction.
    function test_harm_borrowedVotesTake182Million() public {
        _dollars.mint(address(_careless), TREASURY);
        _id = _careless.propose(address(_dollars), _robbery());
        skip(1 days);
        _lender.lend(_token, LOAN, abi.encodeCall(this.commitWithLoan, ()));
        assertEq(_dollars.balanceOf(address(this)), TREASURY);
        assertEq(_token.balanceOf(address(_lender)), LOAN);
    }

    /// @notice Votes borrowed while the vote runs do not count, nothing can be executed with them, and the vote fails.
    function test_guard_borrowedVotesCountNothing() public {
        _propose();
        skip(dao.votingDelay() + 1);
        _lender.lend(_token, LOAN, abi.encodeCall(this.voteWithLoan, ()));
        _failed();
    }

    /// @notice Nor do votes that are borrowed in the very second of the snapshot: nobody votes in it, and it ends without them.
    function test_guard_loanInTheSnapshotsSecondCountsNothing() public {
        _propose();
        skip(dao.votingDelay());
        assertEq(dao.proposalSnapshot(_id), block.timestamp);
        _lender.lend(_token, LOAN, abi.encodeCall(this.holdLoan, ()));
        skip(1);
        dao.castVote(_id, 1);
        _failed();
    }

    /// @notice Who really owns seven tenths of the votes waits for seven days, and the guardian cancels meanwhile.
    function test_guard_boughtVotesWaitAndAreCancelled() public {
        vm.prank(address(_lender));
        _token.transfer(address(this), LOAN);
        _propose();
        skip(dao.votingDelay() + 1);
        dao.castVote(_id, 1);
        _cannotExecute();
        skip(dao.votingPeriod());
        _cannotExecute();
        dao.queue(_id);
        vm.expectRevert();
        dao.execute(_id);
        vm.prank(dao.proposalGuardian());
        dao.cancel(_id);
        skip(timelock.getMinDelay() + 1);
        _cannotExecute();
        assertEq(_dollars.balanceOf(address(timelock)), TREASURY);
    }

    /* WHAT IS DONE WITH THE LOAN */

    function commitWithLoan() external {
        _careless.emergencyCommit(_id);
        _token.transfer(address(_lender), LOAN);
    }

    function voteWithLoan() external {
        assertEq(_token.getVotes(address(this)), OWN + LOAN);
        assertEq(dao.castVote(_id, 1), OWN);
        _cannotExecute();
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        dao.queue(_id);
        _token.transfer(address(_lender), LOAN);
    }

    function holdLoan() external {
        assertEq(_token.getVotes(address(this)), OWN + LOAN);
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        dao.castVote(_id, 1);
        _token.transfer(address(_lender), LOAN);
    }

    function _propose() private {
        _dollars.mint(address(timelock), TREASURY);
        (address[] memory targets, bytes[] memory calls) = (new address[](1), new bytes[](1));
        (targets[0], calls[0]) = (address(_dollars), _robbery());
        _id = dao.propose(targets, new uint256[](1), calls, "# BIP-18");
    }

    function _robbery() private view returns (bytes memory) {
        return abi.encodeCall(_dollars.transfer, (address(this), TREASURY));
    }

    function _cannotExecute() private {
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        dao.execute(_id);
    }

    /// @dev The vote is over with the attacker's own votes, and lost.
    function _failed() private {
        (, uint256 inFavour,) = dao.proposalVotes(_id);
        assertEq(inFavour, OWN);
        skip(dao.votingPeriod());
        assertEq(uint256(dao.state(_id)), uint256(IGovernor.ProposalState.Defeated));
        _cannotExecute();
        assertEq(_dollars.balanceOf(address(timelock)), TREASURY);
    }
}
