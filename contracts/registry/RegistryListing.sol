// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IParamValidator} from "../interfaces/IParamValidator.sol";
import {IStrategyRegistry} from "../interfaces/IStrategyRegistry.sol";
import {LaneLib} from "../libraries/LaneLib.sol";
import {SpecLib} from "../libraries/SpecLib.sol";
import {RegistryMoves} from "./RegistryMoves.sol";

/// @title How a strategy comes into being
abstract contract RegistryListing is RegistryMoves {
    using LaneLib for uint256;
    using SpecLib for uint256;

    /// @inheritdoc IStrategyRegistry
    function listStrategy(
        bytes32 strategyId,
        IParamValidator validator,
        uint256[] calldata moduleWords,
        Listing[] calldata listings
    ) external {
        _checkGovernor();
        Strategy storage strategy = _strategies[strategyId];
        if (strategy.head.version != 0) revert StrategyAlreadyListed(strategyId);
        if (address(validator).code.length == 0) revert ValidatorMissing(address(validator));
        if (listings.length == 0) revert NoChanges();

        for (uint256 i; i < listings.length; ++i) {
            if (i != 0 && listings[i].key <= listings[i - 1].key) {
                revert KeysNotAscending(listings[i].key);
            }
            _list(strategyId, strategy, moduleWords, listings[i]);
        }
        for (uint256 i; i < listings.length; ++i) {
            _checkGroupListed(strategy, listings[i]);
        }
        strategy.stateHash = keccak256(abi.encode(block.chainid, address(this), strategyId));
        strategy.head.validator = validator;
        emit StrategyListed(strategyId, validator, moduleWords);
        bytes32 wordsHash = _openModules(strategyId, strategy, validator, moduleWords);
        bytes32 hash = _commitVersion(strategy, 1, 0, wordsHash);
        emit VersionCommitted(strategyId, 1, hash, 0, msg.sender, new Change[](0));
    }

    function _list(
        bytes32 strategyId,
        Strategy storage strategy,
        uint256[] calldata moduleWords,
        Listing calldata listing
    ) private {
        (uint16 key, uint256 spec) = (listing.key, listing.spec);
        uint256 module = key >> 8;
        uint256 words = module < moduleWords.length ? moduleWords[module] : 0;
        if ((key >> 3) & 31 >= words) revert ParamUnknown(key);
        // An amount fills its word: nothing may be listed beside it.
        bool taken = strategy.specs[key & ~uint256(7)].isAmount();
        if (taken || !spec.isValid(key & 7)) revert SpecInvalid(key, spec);
        _checkBounds(key, spec, listing.value);

        strategy.specs[key] = spec.withTop(words);
        (uint256 word, uint256 lane) = (key >> 3, key & 7);
        uint256 mask = LaneLib.mask(lane);
        strategy.values[word] = spec.write(strategy.values[word], mask, listing.value);
        strategy.times[word] = strategy.times[word].fill(mask, uint32(block.timestamp));
        emit ParamListed(strategyId, key, listing.name, spec, listing.value);
    }

    /// @dev A lane that was never listed could never be stated, and its group never change. Listed lanes have a time.
    function _checkGroupListed(Strategy storage strategy, Listing calldata listing) private view {
        uint256 times = strategy.times[listing.key >> 3];
        uint256 missing = listing.spec.group();
        for (uint256 lane; lane < 8; ++lane) {
            if (times.lane(lane) != 0) missing &= ~(1 << lane);
        }
        _checkGroup(listing.key & ~uint256(7), missing);
    }

    /// @dev Validates every module that has words. Returns what the first hash covers.
    function _openModules(
        bytes32 strategyId,
        Strategy storage strategy,
        IParamValidator validator,
        uint256[] calldata moduleWords
    ) private returns (bytes32 wordsHash) {
        if (moduleWords.length > MAX_MODULES) {
            revert TooManyModules(moduleWords.length, MAX_MODULES);
        }
        uint256 sizes = 0;
        for (uint256 module; module < moduleWords.length; ++module) {
            uint256 size = moduleWords[module];
            if (size > MAX_WORDS) revert TooManyWords(module, size, MAX_WORDS);
            if (size == 0) continue;
            sizes |= size << (8 * module);
            uint256[] memory words = _load(strategy.values, module, size);
            validator.validate(strategyId, uint8(module), words);
            wordsHash = _addModule(wordsHash, module, words);
        }
        strategy.moduleWords = sizes;
    }
}
