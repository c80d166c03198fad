// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParameterExecutor} from "../../../contracts/interfaces/IParameterExecutor.sol";
import {WordVault} from "./WordVault.sol";

/// @notice A vault that does what a test tells it to, from well-behaved to malicious.
contract HostileVault is WordVault {
    enum Mood {
        Good,
        Reverts,
        RevertsSilently,
        RevertsWithThreeBytes,
        RevertsWithMegabytes,
        LoopsForEver,
        ReturnsMegabytes,
        DoesNothing,
        LiesAboutVersion,
        LiesAboutWords,
        AnswersTooMuch,
        ViewsLoopForEver,
        ViewsRevert,
        ReEnters,
        ReEntersByName,
        SelfDestructs,
        AppliesAndReverts,
        EatsMemory,
        ReEntersPush
    }

    Mood public mood;
    /// @notice How often each version was taken over. The vault itself refuses none, so that the executor must.
    mapping(uint256 version => uint256) public times;
    /// @notice How many bytes of `megabytes` are.
    uint256 private constant MEGABYTES = 300_000;

    error Grumpy(uint256 a, uint256 b);

    constructor(bytes32 strategyId_, uint8 module_, address executor_)
        WordVault(strategyId_, module_, executor_)
    {}

    function feel(Mood mood_) external {
        mood = mood_;
    }

    function applyParams(uint32 version, uint256[] calldata words) external override {
        if (mood == Mood.Reverts) revert Grumpy(1, 2);
        if (mood == Mood.RevertsSilently) _revert(0);
        if (mood == Mood.RevertsWithThreeBytes) _revert(3);
        if (mood == Mood.RevertsWithMegabytes) _revert(MEGABYTES);
        while (mood == Mood.LoopsForEver) {}
        if (mood == Mood.DoesNothing) return;
        if (mood == Mood.ReEnters) IParameterExecutor(executor).applyAll(strategyId);
        if (mood == Mood.ReEntersByName) {
            address[] memory self = new address[](1);
            self[0] = address(this);
            IParameterExecutor(executor).applyTo(strategyId, self);
        }
        if (mood == Mood.ReEntersPush) {
            IParameterExecutor(executor).push(address(this), version, msg.data, 0, 0);
        }
        if (mood == Mood.EatsMemory) _revert(1 << 40);
        ++times[version];
        appliedVersion = mood == Mood.LiesAboutVersion ? version + 1 : version;
        _words = words;
        if (mood == Mood.AppliesAndReverts) revert Grumpy(3, 4);
        if (mood == Mood.LiesAboutWords) _words[0] ^= 1;
        if (mood == Mood.SelfDestructs) selfdestruct(payable(msg.sender));
        if (mood == Mood.ReturnsMegabytes) _return();
    }

    function appliedWords() external view override returns (uint256[] memory words) {
        while (mood == Mood.ViewsLoopForEver) {}
        if (mood == Mood.ViewsRevert) _revert(MEGABYTES);
        words = _words;
        if (mood == Mood.AnswersTooMuch) {
            bytes memory more = abi.encodePacked(abi.encode(words), uint256(0));
            assembly {
                return(add(more, 32), mload(more))
            }
        }
    }

    function _revert(uint256 size) private pure {
        assembly {
            revert(0, size)
        }
    }

    function _return() private pure {
        uint256 size = MEGABYTES;
        assembly {
            return(0, size)
        }
    }
}
