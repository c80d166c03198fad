// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IStrategyRegistry} from "../../../contracts/interfaces/IStrategyRegistry.sol";
import {ProofTest} from "./ProofTest.sol";

/// @notice Nothing but what a version left passes as what it left.
contract ProofsTest is ProofTest {
    function setUp() public override {
        super.setUp();
        _commit(_change(SLIPPAGE, 500, 600));
        _commit(_change(SLIPPAGE, 600, 700));
        _commit(_change(SLIPPAGE, 700, 800));
        skip(1);
    }

    /// @notice The proofs themselves are good, or the refusals below would mean nothing.
    function test_goodProofs() public {
        for (uint256 version = 1; version < 4; ++version) {
            uint256 id = vm.snapshotState();
            _rollback(_proof(version));
            vm.revertToState(id);
        }
    }

    /// @notice One bit of any field makes it another proof.
    function test_anyBit(uint256 version, uint256 field, uint8 bit, uint256 place) public {
        IStrategyRegistry.Proof memory proof = _proof(bound(version, 1, 3));
        uint256 flip = 1 << bit;
        field %= 6;
        if (field == 0) proof.version ^= uint32(1 << (bit % 32));
        else if (field == 1) proof.previousHash ^= bytes32(flip);
        else if (field == 2) proof.reportHash ^= bytes32(flip);
        else if (field == 3) proof.modules[0].module ^= uint8(1 << (bit % 8));
        else if (field == 4) proof.modules[0].words[place % 2] ^= flip;
        else if (bit % 2 == 0) proof.later[place % proof.later.length].reportHash ^= bytes32(flip);
        else proof.later[place % proof.later.length].wordsHash ^= bytes32(flip);
        _refused(proof);
    }

    /// @notice A module that the version changed cannot be left out, put in or put elsewhere, nor a word.
    function test_modules() public {
        IStrategyRegistry.Proof memory proof = _proof(1);
        IStrategyRegistry.ModuleWords[] memory all = proof.modules;
        proof.modules = new IStrategyRegistry.ModuleWords[](2);
        (proof.modules[0], proof.modules[1]) = (all[0], all[1]);
        _refused(proof);
        (proof.modules[0], proof.modules[1]) = (all[1], all[2]);
        _refused(proof);
        proof.modules = new IStrategyRegistry.ModuleWords[](0);
        _refused(proof);
        proof.modules = new IStrategyRegistry.ModuleWords[](3);
        (proof.modules[0], proof.modules[1], proof.modules[2]) = (all[1], all[0], all[2]);
        _refused(proof);
        proof.modules = new IStrategyRegistry.ModuleWords[](4);
        for (uint256 i = 0; i < 4; ++i) {
            proof.modules[i] = all[i < 3 ? i : 2];
        }
        _refused(proof);
        proof = _proof(1);
        uint256[] memory words = proof.modules[0].words;
        proof.modules[0].words = new uint256[](1);
        proof.modules[0].words[0] = words[0];
        _refused(proof);
        proof.modules[0].words = new uint256[](3);
        (proof.modules[0].words[0], proof.modules[0].words[1]) = (words[0], words[1]);
        _refused(proof);
    }

    /// @notice No link may be missing, doubled, or stand elsewhere.
    function test_links() public {
        IStrategyRegistry.Proof memory proof = _proof(1);
        IStrategyRegistry.Link[] memory all = proof.later;
        (all[0], all[1]) = (all[1], all[0]);
        _refused(proof);
        (all[0], all[1]) = (all[1], all[0]);
        proof.later = new IStrategyRegistry.Link[](2);
        (proof.later[0], proof.later[1]) = (all[0], all[1]);
        _refused(proof);
        (proof.later[0], proof.later[1]) = (all[1], all[2]);
        _refused(proof);
        proof.later = new IStrategyRegistry.Link[](4);
        for (uint256 i = 0; i < 4; ++i) {
            proof.later[i] = all[i < 3 ? i : 2];
        }
        _refused(proof);
    }

    /// @notice The words of one version do not pass as those of another.
    function test_wordsOfAnotherVersion() public {
        IStrategyRegistry.Proof memory proof = _proof(2);
        proof.modules = _proof(3).modules;
        _refused(proof);
        proof = _proof(3);
        proof.later = _proof(2).later;
        _refused(proof);
    }

    /// @notice There is no version 0 to go back to: the hash before the first version is no link.
    function test_versionZero() public {
        IStrategyRegistry.Proof memory proof = _proof(1);
        IStrategyRegistry.Proof memory zero;
        zero.previousHash = proof.previousHash;
        zero.modules = new IStrategyRegistry.ModuleWords[](0);
        zero.later = new IStrategyRegistry.Link[](4);
        for (uint256 i = 1; i < 4; ++i) {
            zero.later[i] = proof.later[i - 1];
        }
        _refused(zero);
    }

    /// @notice The head cannot be taken for the hash before a version that is yet to come.
    function test_versionToCome() public {
        IStrategyRegistry.Proof memory proof = _proof(1);
        (proof.version, proof.previousHash) = (5, registry.stateHash(CORE));
        proof.later = new IStrategyRegistry.Link[](0);
        _refused(proof);
    }

    /// @notice Each later version makes it stale, also one by rollback: no proof is used twice.
    function test_staleAfterAnyVersion() public {
        IStrategyRegistry.Proof memory proof = _proof(1);
        IStrategyRegistry.Proof memory second = _proof(2);
        _rollback(proof);
        skip(1);
        _refused(proof);
        _refused(second);
        _stewardSet(_change(SLIPPAGE, 500, 450));
        _refused(proof);
    }

    /// @notice What another strategy left is nothing to this one, even where both were listed alike.
    function test_anotherStrategy() public {
        vm.prank(governor);
        registry.listStrategy("twin", validator, _moduleWords(), _listings());
        skip(1);
        IStrategyRegistry.Proof memory proof = _proof(1);
        _expect(abi.encodeWithSelector(IStrategyRegistry.ProofInvalid.selector));
        vm.prank(governor);
        registry.rollbackTo("twin", proof, FOREVER, REPORT);
        proof.later = new IStrategyRegistry.Link[](0);
        _expect(abi.encodeWithSelector(IStrategyRegistry.ProofInvalid.selector));
        vm.prank(governor);
        registry.rollbackTo("twin", proof, FOREVER, REPORT);
        proof.previousHash =
            keccak256(abi.encode(block.chainid, address(registry), bytes32("twin")));
        _refused(proof);
        // With its own first hash it is its own proof, of what it has already.
        _expect(abi.encodeWithSelector(IStrategyRegistry.NoChanges.selector));
        vm.prank(governor);
        registry.rollbackTo("twin", proof, FOREVER, REPORT);
    }

    /// @notice Refused to both, the governor and the guardian.
    function _refused(IStrategyRegistry.Proof memory proof) private {
        _expect(abi.encodeWithSelector(IStrategyRegistry.ProofInvalid.selector));
        _rollback(proof);
        _expect(abi.encodeWithSelector(IStrategyRegistry.ProofInvalid.selector));
        _guardianRollback(proof);
    }
}
