// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {SpecsTest} from "./SpecsTest.sol";

/// @notice Keeps what each version left, as an archive would, and makes proofs of it.
abstract contract ProofTest is SpecsTest {
    /// @notice By version: the state hash after it, what it added to the chain, and its modules, encoded.
    mapping(uint256 version => bytes32) private _hashes;
    mapping(uint256 version => IStrategyRegistry.Link) private _links;
    mapping(uint256 version => bytes) private _modules;

    function setUp() public virtual override {
        super.setUp();
        _hashes[0] = keccak256(abi.encode(block.chainid, address(registry), CORE));
        uint8[] memory modules = new uint8[](3);
        (modules[1], modules[2]) = (1, 3);
        _keep(0, modules);
    }

    /* VERSIONS */

    /// @notice Governance changes module 0, and the archive keeps it.
    function _commit(IStrategyRegistry.Change[] memory changes) internal {
        skip(1);
        _set(changes);
        _keep(REPORT, new uint8[](1));
    }

    /// @notice The archive keeps the present version, which changed these modules.
    function _keep(bytes32 reportHash, uint8[] memory modules) internal {
        uint256 version = registry.version(CORE);
        IStrategyRegistry.ModuleWords[] memory words =
            new IStrategyRegistry.ModuleWords[](modules.length);
        bytes32 hash;
        for (uint256 i = 0; i < modules.length; ++i) {
            words[i] = IStrategyRegistry.ModuleWords(modules[i], registry.wordsOf(CORE, modules[i]));
            hash = _fold(hash, modules[i]);
        }
        _links[version] = IStrategyRegistry.Link(reportHash, hash);
        _modules[version] = abi.encode(words);
        _hashes[version] = _stateHash(_hashes[version - 1], version, reportHash, hash);
        assertEq(_hashes[version], registry.stateHash(CORE), "the archive is not the chain");
    }

    /* PROOFS */

    /// @notice What `version` left, up to the version that was kept last.
    function _proof(uint256 version) internal view returns (IStrategyRegistry.Proof memory proof) {
        uint256 last = version;
        while (_hashes[last + 1] != 0) ++last;
        IStrategyRegistry.Link[] memory later = new IStrategyRegistry.Link[](last - version);
        for (uint256 i = 0; i < later.length; ++i) {
            later[i] = _links[version + 1 + i];
        }
        proof = IStrategyRegistry.Proof({
            version: uint32(version),
            previousHash: _hashes[version - 1],
            reportHash: _links[version].reportHash,
            modules: abi.decode(_modules[version], (IStrategyRegistry.ModuleWords[])),
            later: later
        });
    }

    function _rollback(IStrategyRegistry.Proof memory proof) internal {
        vm.prank(governor);
        registry.rollbackTo(CORE, proof, FOREVER, REPORT);
    }

    function _guardianRollback(IStrategyRegistry.Proof memory proof) internal {
        vm.prank(guardian);
        registry.rollbackTo(CORE, proof, FOREVER, 0);
    }
}
