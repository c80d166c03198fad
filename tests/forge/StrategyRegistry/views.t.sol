// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {RegistryTest} from "./RegistryTest.sol";

/// @notice What the registry tells, to whom does not matter.
contract ViewsTest is RegistryTest {
    bytes32 private constant UNKNOWN = "unknown";

    /// @notice Values come back as they were listed, for each kind of parameter.
    function test_valueOf() public {
        assertEq(registry.valueOf(CORE, RIGHT), 6000);
        assertEq(registry.valueOf(CORE, SKEW), -200);
        assertEq(registry.valueOf(CORE, CAP), 2_000_000e6);
        assertEq(registry.valueOf(CORE, CEILING), 50e18);
        _expect(abi.encodeWithSelector(IStrategyRegistry.ParamUnknown.selector, 12));
        registry.valueOf(CORE, 12);
        _expect(abi.encodeWithSelector(IStrategyRegistry.ParamUnknown.selector, LEFT));
        registry.valueOf(UNKNOWN, LEFT);
    }

    /// @notice A word holds the lanes, lowest first; an amount is its word; beyond the words there is nothing.
    function test_wordOf() public view {
        assertEq(registry.wordOf(CORE, 0), 4000 | (uint256(6000) << 32));
        assertEq(registry.wordOf(CORE, CAP >> 3), 2_000_000e6);
        assertEq(registry.wordOf(CORE, FEE >> 3), 0);
        assertEq(registry.wordOf(CORE, 2), 0);
        assertEq(registry.wordOf(UNKNOWN, 0), 0);
    }

    /// @notice Word numbers have 13 bits; further ones do not reach other slots.
    function test_wordOfStaysInItsWords(uint256 word) public view {
        assertEq(registry.wordOf(CORE, word), registry.wordOf(CORE, word % 8192));
    }

    /// @notice A module's words, with the version for the executor, and none for a module that has none.
    function test_wordsOfAndSnapshot() public view {
        (uint256 version, uint256[] memory words) = registry.snapshot(CORE, 1);
        assertEq(version, 1);
        assertEq(words.length, 2);
        assertEq(words[0], 2_000_000e6);
        assertEq(abi.encode(words), abi.encode(registry.wordsOf(CORE, 1)));
        assertEq(registry.wordsOf(CORE, 2).length, 0);
        assertEq(registry.wordsOf(CORE, 4).length, 0);
        assertEq(registry.wordsOf(CORE, 255).length, 0);
        (version, words) = registry.snapshot(UNKNOWN, 0);
        assertEq(version + words.length, 0);
    }

    /// @notice Specs come back as they were listed, without what the registry keeps beside them.
    function test_specOf() public view {
        assertEq(registry.specOf(CORE, SLIPPAGE), _pack(_slippage()));
        assertEq(registry.specOf(CORE, CAP), _pack(_cap()));
        assertEq(registry.specOf(CORE, 12), 0);
        assertEq(registry.specOf(UNKNOWN, SLIPPAGE), 0);
    }

    /// @notice Times of change, one by one and packed as the values are.
    function test_lastChangeOf() public {
        _set(_with(_change(SLIPPAGE, 500, 501), CAP, 2_000_000e6, 1_999_999e6));
        assertEq(registry.lastChangeOf(CORE, SLIPPAGE), block.timestamp);
        assertEq(registry.lastChangeOf(CORE, BUFFER), START);
        assertEq(registry.lastChangeOf(CORE, 12), 0);
        uint256[] memory times = registry.changeTimesOf(CORE, 0);
        assertEq(times[0], uint256(START) | (uint256(START) << 32));
        uint256 others = (uint256(START) << 32) | (uint256(START) << 64) | (uint256(START) << 96);
        assertEq(times[1], block.timestamp | others);
        assertEq(registry.changeTimesOf(CORE, 1)[0], block.timestamp);
        assertEq(registry.changeTimesOf(CORE, 2).length, 0);
    }

    /// @notice A strategy that was never listed has version 0 and no hash.
    function test_unknownStrategy() public view {
        assertEq(registry.version(UNKNOWN), 0);
        assertEq(registry.stateHash(UNKNOWN), 0);
        assertEq(address(registry.head(UNKNOWN).validator), address(0));
        assertEq(registry.lastChangeOf(UNKNOWN, LEFT), 0);
        assertEq(registry.keyFrozenUntil(UNKNOWN, LEFT), 0);
    }

    /// @notice All specs of a module in one call, by word and lane; zeros where nothing is listed.
    function test_specsOf() public view {
        uint256[] memory specs = registry.specsOf(CORE, 0);
        assertEq(specs.length, 16);
        for (uint16 key = 0; key < 16; ++key) {
            assertEq(specs[key], registry.specOf(CORE, key));
        }
        assertEq(registry.specsOf(CORE, 3)[7], registry.specOf(CORE, FEE));
        assertEq(registry.specsOf(CORE, 2).length + registry.specsOf(UNKNOWN, 0).length, 0);
    }

    /// @notice Anchors one by one and packed, of each kind of parameter; where they do not count, the value does.
    function test_anchors() public {
        assertEq(registry.anchorOf(CORE, SKEW), -200);
        _stewardSet(_with(_change(SKEW, -200, -225), CAP, 2_000_000e6, 1_500_000e6));
        assertEq(registry.anchorOf(CORE, SKEW), -200);
        assertEq(registry.anchorOf(CORE, CAP), 2_000_000e6);
        assertEq(registry.anchorOf(CORE, SLIPPAGE), 500);
        (uint256[] memory anchors, uint256[] memory anchoredAt) = registry.anchorsOf(CORE, 0);
        assertEq(anchors[1], uint256(uint32(int32(-200))) << 96);
        assertEq(anchoredAt[1], block.timestamp << 96);
        assertEq(anchors[0] | anchoredAt[0], 0);
        (anchors, anchoredAt) = registry.anchorsOf(CORE, 1);
        assertEq(anchors[0], 2_000_000e6);
        assertEq(anchoredAt[0], block.timestamp);
        (anchors, anchoredAt) = registry.anchorsOf(UNKNOWN, 0);
        assertEq(anchors.length + anchoredAt.length, 0);
        _expect(abi.encodeWithSelector(IStrategyRegistry.ParamUnknown.selector, 12));
        registry.anchorOf(CORE, 12);
    }

    /// @notice Nothing is proposed or given up at first, nor where nothing is listed.
    function test_proposedSpecOfAndIsAbdicated() public view {
        (uint256 spec, uint256 activeFrom) = registry.proposedSpecOf(CORE, SLIPPAGE);
        assertEq(spec + activeFrom, 0);
        assertFalse(registry.isAbdicated(CORE, SLIPPAGE));
        assertFalse(registry.isAbdicated(UNKNOWN, SLIPPAGE));
    }
}
