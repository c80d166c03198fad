// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParamValidator} from "../../../contracts/interfaces/IParamValidator.sol";
import {LendingVenues} from "../../../contracts/lending/LendingVenues.sol";
import {LaneLib} from "../../../contracts/libraries/LaneLib.sol";
import {StrategyValidator} from "../../../contracts/validators/StrategyValidator.sol";
import {Test} from "../Test.sol";

/// @notice One module's words with the catalogue's defaults, of which a test changes some.
abstract contract ValidatorTest is Test {
    using LaneLib for uint256;

    bytes32 internal constant CORE = "core";

    address internal governor = makeAddr("governor");
    LendingVenues internal venues = new LendingVenues(governor);
    IParamValidator internal validator = new StrategyValidator(venues);
    uint256[] internal words;
    uint8 internal module;

    /// @notice Puts a value where `key` (with or without its module) lives.
    function _put(uint256 key, uint256 value) internal {
        uint256 word = (key >> 3) & 31;
        words[word] = words[word].withLane(key & 7, value);
    }

    function _passes() internal view {
        validator.validate(CORE, module, words);
    }

    function _fails(bytes memory error_) internal {
        vm.expectRevert(error_);
        validator.validate(CORE, module, words);
    }

    /// @notice `lower` may be at most `upper` (or below it, where `strict`); both are set around `middle`.
    function _checkOrder(uint256 lower, uint256 upper, uint256 middle, bool strict) internal {
        uint256 before = words[(lower >> 3) & 31];
        uint256 beforeUpper = words[(upper >> 3) & 31];
        _put(upper, middle);
        _put(lower, middle - 1);
        _passes();
        _put(lower, middle);
        if (strict) _failsInOrder(lower, upper, middle, middle);
        else _passes();
        _put(lower, middle + 1);
        _failsInOrder(lower, upper, middle + 1, middle);
        words[(upper >> 3) & 31] = beforeUpper;
        words[(lower >> 3) & 31] = before;
    }

    function _failsInOrder(uint256 lowerKey, uint256 upperKey, uint256 lower, uint256 upper)
        private
    {
        uint256 base = uint256(module) << 8;
        _fails(
            abi.encodeWithSelector(
                IParamValidator.OutOfOrder.selector, base | lowerKey, lower, base | upperKey, upper
            )
        );
    }
}
