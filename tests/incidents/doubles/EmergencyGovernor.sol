// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Lends what it has for the length of one call.
contract FlashLender {
    error NotRepaid(uint256 missing);

    function lend(IERC20 token, uint256 amount, bytes calldata use) external {
        uint256 before = token.balanceOf(address(this));
        token.transfer(msg.sender, amount);
        (bool ok, bytes memory answer) = msg.sender.call(use);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(answer, 32), mload(answer))
            }
        }
        uint256 left = token.balanceOf(address(this));
        if (left < before) revert NotRepaid(before - left);
    }
}

/// @notice A governor that holds its treasury and counts the votes of the moment: a day after a proposal, two thirds of
/// the supply carry it out at once.
contract EmergencyGovernor {
    struct Proposal {
        address target;
        bytes call;
        uint256 proposedAt;
    }

    IERC20 public immutable token;

    Proposal[] private _proposals;

    error TooFewVotes(uint256 votes, uint256 needed);
    error TooEarly(uint256 from);

    constructor(IERC20 token_) {
        token = token_;
    }

    function propose(address target, bytes calldata call) external returns (uint256 id) {
        id = _proposals.length;
        _proposals.push(Proposal(target, call, block.timestamp));
    }

    function emergencyCommit(uint256 id) external {
        Proposal storage proposal = _proposals[id];
        uint256 from = proposal.proposedAt + 1 days;
        if (block.timestamp < from) revert TooEarly(from);
        (uint256 votes, uint256 needed) = (token.balanceOf(msg.sender), token.totalSupply() * 2 / 3);
        if (votes < needed) revert TooFewVotes(votes, needed);
        (bool ok,) = proposal.target.call(proposal.call);
        require(ok, "the call failed");
    }
}
