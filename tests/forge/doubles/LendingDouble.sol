// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ILendingVenue} from "../../../contracts/interfaces/ILendingVenue.sol";

/// @notice A lending venue whose threshold is set, and that can misbehave in every way.
contract LendingDouble is ILendingVenue {
    enum Mood {
        Honest,
        Reverts,
        Panics,
        BurnsGas,
        AnswersNothing,
        AnswersTooLittle,
        AnswersTwoWords,
        AnswersMegabytes,
        RevertsWithMegabytes,
        AnswersTooMuch
    }

    uint256 public constant WHOLE = 10_000;

    Mood public mood;
    uint256 private _threshold;

    function feel(Mood mood_) external {
        mood = mood_;
    }

    function setThreshold(uint256 threshold) external {
        _threshold = threshold;
    }

    function liquidationThreshold(address) external view returns (uint256) {
        if (mood == Mood.Reverts) revert("out of order");
        if (mood == Mood.Panics) assert(false);
        if (mood == Mood.BurnsGas) while (true) {}
        if (mood == Mood.AnswersNothing) _answer(0);
        if (mood == Mood.AnswersTooLittle) _answer(31);
        if (mood == Mood.AnswersTwoWords) _answer(64);
        // As much as the gas of the question can pay for.
        if (mood == Mood.AnswersMegabytes) _answer(150_000);
        if (mood == Mood.RevertsWithMegabytes) {
            assembly {
                revert(0, 150000)
            }
        }
        if (mood == Mood.AnswersTooMuch) return WHOLE + 1;
        return _threshold;
    }

    function _answer(uint256 size) private pure {
        assembly {
            return(0, size)
        }
    }
}
